"""`/admin/tenants/{tenant_id}/find`: whatever an id stands for."""

from collections.abc import Iterator
from typing import Annotated, Literal
from urllib.parse import quote

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel

from doorbell.domain.errors import Refusal
from doorbell.runtime.admin.documented import answers
from doorbell.runtime.admin.events import ONE as EVENT
from doorbell.runtime.admin.events import TO_ONE as DELIVERY
from doorbell.runtime.admin.fields import TenantId
from doorbell.runtime.admin.sources import ONE as SOURCE
from doorbell.runtime.admin.subscriptions import ONE as SUBSCRIPTION
from doorbell.store.deliveries.delivery_items import parse_key
from doorbell.usecases.find import Find, Found, What
from doorbell.usecases.inspect import Inspect, Story

MAX_ID = 1024

Anything = Annotated[
    str,
    Query(
        alias="id",
        min_length=1,
        max_length=MAX_ID,
        description="evt_…, evt_…/SUBSCRIPTION, a provider's delivery id, a subscription, a source",
    ),
]
OfSource = Annotated[
    str | None,
    Query(alias="source", min_length=1, max_length=MAX_ID, description="It is a delivery id of this source"),
]


class FoundAnswer(BaseModel):
    """`path`: what shows it. `source_id`: the source with which an event was found by its provider's id.
    `element`: the event is the first that its body was split into."""

    what: Literal["event", "delivery", "subscription", "source"]
    path: str
    key: dict[str, str]
    source_id: str | None = None
    element: bool = False


class FindAnswer(BaseModel):
    """`sources`: with which a provider's delivery id was looked for; `more_sources`: there are others, which
    must be named."""

    found: list[FoundAnswer]
    sources: list[str]
    more_sources: bool


def register(app: APIGatewayHttpResolver, find: Find, inspect: Inspect) -> None:
    @app.get(
        "/admin/tenants/<tenant_id>/find",
        tags=["events"],
        summary="Find whatever an id stands for",
        responses=answers(FindAnswer),
    )
    def find_id(tenant_id: TenantId, text: Anything, source_id: OfSource = None) -> FindAnswer:
        """Several things may bear one id. Without `source` a provider's delivery id is looked for with the
        first 24 sources of the tenant. What another tenant has is not found."""
        ours = () if source_id is not None else tuple(_named(inspect, tenant_id, text))
        if ours:
            return FindAnswer(found=list(ours), sources=[], more_sources=False)
        finding = find(text, tenant_id, source_id)
        found = [_answer(one) for one in finding.found if _owner(find, inspect, one) == tenant_id]
        if not found:
            raise Refusal(404, "unknown_id", "nothing of this tenant bears this id")
        return FindAnswer(found=found, sources=list(finding.sources), more_sources=finding.more_sources)


def _named(inspect: Inspect, tenant_id: str, text: str) -> Iterator[FoundAnswer]:
    """By an event's own id, or that of a delivery: `evt_…/SUBSCRIPTION`."""
    event_id, slash, to = text.partition("/")
    if not event_id.startswith("evt_"):
        return
    story = _story(inspect, event_id)
    if story is None or story.event.incoming.tenant_id != tenant_id:
        return
    if not slash:
        yield FoundAnswer(what="event", path=_path(EVENT, event_id=event_id), key={"event_id": event_id})
        return
    name = parse_key(event_id, to).subscription_id
    if any(delivery.key.subscription_id == name for delivery in story.deliveries):
        key = {"event_id": event_id, "subscription_id": name}
        yield FoundAnswer(what="delivery", path=_path(DELIVERY, **key), key=key)


def _owner(find: Find, inspect: Inspect, found: Found) -> str | None:
    """The tenant whose it is; None: it is gone meanwhile."""
    if found.what is What.SUBSCRIPTION:
        return found.key[0]
    if found.what is What.SOURCE:
        item = find.sources.get(*found.key)
        return None if item is None else str(item.values.get("tenant_id", "default"))
    story = _story(inspect, found.key[0])
    return None if story is None else story.event.incoming.tenant_id


def _answer(found: Found) -> FoundAnswer:
    if found.what is What.SUBSCRIPTION:
        tenant_id, subscription_id = found.key
        key = {"tenant_id": tenant_id, "subscription_id": subscription_id}
        return FoundAnswer(what="subscription", path=_path(SUBSCRIPTION, **key), key=key)
    if found.what is What.SOURCE:
        key = {"source_id": found.key[0]}
        return FoundAnswer(what="source", path=_path(SOURCE, **key), key=key)
    key = {"event_id": found.key[0]}
    path = _path(EVENT, **key)
    return FoundAnswer(what="event", path=path, key=key, source_id=found.source_id, element=found.element)


def _story(inspect: Inspect, event_id: str) -> Story | None:
    try:
        return inspect(event_id)
    except Refusal:
        return None


def _path(route: str, **names: str) -> str:
    for name, value in names.items():
        route = route.replace(f"<{name}>", quote(value, safe=""))
    return route
