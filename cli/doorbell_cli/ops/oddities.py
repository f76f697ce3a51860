"""What can be written and is accepted, and will never do what it seems to: told when it is written, and by
`doorbell check`."""

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import cache

from doorbell.domain import own_events
from doorbell.domain.reserved import INBOX_SOURCE
from doorbell.domain.subscriptions import Subscription
from doorbell.egress.guard import EgressPolicy
from doorbell.egress.guard import problem_with as problem_with_url
from doorbell.payloads.roots import KNOWN, strange_roots
from doorbell.signatures.vouching import PUBLISH_SOURCE
from doorbell_cli.configuration import DEFAULT_TENANT, SOURCE
from doorbell_cli.target import Target

OWN = (own_events.SOURCE, own_events.TENANT)

type Oddity = tuple[str, str]
"""The field, and what is odd about it."""
type TenantOf = Callable[[str], str | None]
"""A source's id → whose it is; None for a source that does not exist."""


def tenants_of_sources(target: Target) -> TenantOf:
    """Each source is read once."""

    @cache
    def tenant_of(source_id: str) -> str | None:
        stored = SOURCE.table(target).get(source_id)
        return None if stored is None else str(stored.values.get("tenant_id", DEFAULT_TENANT))

    return tenant_of


def oddities(subscription: Subscription, globs: object, tenant_of: TenantOf) -> Iterator[Oddity]:
    """`globs` are its event types as they are written: the subscription has them translated."""
    for source_id in subscription.sources:
        if problem := _source(source_id, subscription.tenant_id, tenant_of):
            yield "sources", problem
    for glob in globs if isinstance(globs, list | tuple) else ():
        if problem := _glob(str(glob)):
            yield "event_types", problem
    for field, expression in (("filter", subscription.filter), ("transform", subscription.transform)):
        for root in strange_roots(expression or ""):
            yield field, _root(root)


def local_only(subscription: Subscription) -> Iterator[Oddity]:
    """What the local stack allows and a deployed one refuses."""
    strict = EgressPolicy()
    urls = [] if subscription.has_target else [("url", subscription.url)]
    if subscription.oauth:
        urls.append(("oauth.token_url", subscription.oauth.token_url))
    for field, url in urls:
        if problem := problem_with_url(url, strict):
            yield field, f"works on the local stack only. On AWS it is refused: {problem}"


def _source(source_id: str, tenant_id: str, tenant_of: TenantOf) -> str | None:
    if source_id in (PUBLISH_SOURCE, INBOX_SOURCE) or (source_id, tenant_id) == OWN:
        return None
    owner = tenant_of(source_id)
    if owner is None:
        return f'There is no source "{source_id}": no event of it can match.'
    if owner != tenant_id:
        return f'Source "{source_id}" is not of tenant "{tenant_id}": no event of it can match.'
    return None


def _glob(glob: str) -> str | None:
    if glob != glob.strip():
        return f'"{glob}" begins or ends with a blank, which no event type does.'
    opened = glob.find("[")
    if opened >= 0 and "]" not in glob[opened + 2 :]:
        return f'"{glob}" opens a bracket and never closes it.'
    return None


def _root(root: str) -> str:
    close = get_close_matches(root, KNOWN, n=1)
    meant = close[0] if close else f"body.{root}"
    return f'"{root}" is never there: an expression sees event, body and headers. Did you mean {meant}?'
