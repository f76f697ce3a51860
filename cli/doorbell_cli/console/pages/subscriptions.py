"""Subscriptions: one endpoint, and what can be done to it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from doorbell.domain.conditions import Span
from doorbell.domain.errors import Refusal
from doorbell.domain.log import DAY_SECONDS
from doorbell.domain.subscriptions import scoped
from doorbell.store.configuration.config_tables import Stored
from doorbell.store.health.reads import HealthReads
from doorbell.usecases.configure import is_paused
from doorbell_cli.configuration import SUBSCRIPTION
from doorbell_cli.console.desk import Desk
from doorbell_cli.console.moving import Moment, moved
from doorbell_cli.console.pages.conditions import picture_of
from doorbell_cli.console.pages.standing import item_of, standing_of
from doorbell_cli.console.pages.switching import switched
from doorbell_cli.console.views.endpoint import Endpoint, endpoint
from doorbell_cli.console.views.limits import Secrets, in_flight, secrets_of
from doorbell_cli.ops.conditions import TONES, last_day

LOST_DAYS = 7
WAITING_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands beneath its head. `day`, `strip`, `flight`, `secrets`: as far as there is such an item."""

    endpoint: Endpoint
    day: Sequence[Span] = ()
    strip: Markup | None = None
    flight: str | None = None
    secrets: Secrets | None = None


def one(desk: Desk, request: Request) -> Response:
    """A call, then its head goes out; then those of `standing_of`. Of one that is deleted what is left is
    shown, as 404."""
    now = desk.clock()
    tenant, name = request.path_params["tenant"], request.path_params["name"]
    found = item_of(desk, tenant, name)
    return desk.pages.streamed(
        "subscription.html",
        now,
        status=200 if found is not None else 404,
        tenant=tenant,
        name=name,
        tones=TONES,
        read=lambda: _shown(desk, tenant, name, found, now),
    )


def moves(desk: Desk, request: Request) -> Callable[[], Iterable[object]]:
    """Two calls a look: its item, and what is kept of its endpoint. Deliveries that wait are not counted
    then: while it fails or holds any, each ten seconds are another moment."""
    tenant, name = request.path_params["tenant"], request.path_params["name"]
    reads = HealthReads(desk.target.client("dynamodb"), desk.target.table("Endpoints"))

    def look() -> Moment:
        now, found = desk.clock(), item_of(desk, tenant, name)
        record = reads.of_one(scoped(tenant, name))
        values, health = None if found is None else found.values, record.health
        waits = health.failures or health.wake is not None or (values is not None and is_paused(values))
        moment = int(now // WAITING_SECONDS) if waits else None
        return Moment((values, health, len(record.places.live(now)), record.changes, moment), values is None)

    return moved(look)


def _shown(desk: Desk, tenant: str, name: str, found: Stored | None, now: float) -> Shown:
    stand = standing_of(desk, tenant, name, found, now - LOST_DAYS * DAY_SECONDS)
    standing = stand.standing
    if found is None:
        if not standing.pending.rows and not standing.lost.rows:
            raise Refusal(404, "unknown_subscription", f"There is no subscription {tenant}/{name}.")
        return Shown(endpoint(standing, None, (), now))
    item, problems = desk.described(SUBSCRIPTION, found.values)
    view = endpoint(standing, item, problems, now)
    day = last_day(stand.record, standing, now)
    strip = picture_of(day, now) if day else None
    if problems:
        return Shown(view, day, strip)
    flight = in_flight(found.values, stand.record.places, now)
    return Shown(view, day, strip, flight, secrets_of(found.values))


def switch(desk: Desk, request: Request, fields: Mapping[str, str]) -> Response:
    key = (request.path_params["tenant"], request.path_params["name"])
    return switched(desk, SUBSCRIPTION, key, fields)
