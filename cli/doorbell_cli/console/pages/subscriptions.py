"""Subscriptions: one endpoint, and what can be done to it."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from doorbell.domain.errors import Refusal
from doorbell.domain.log import DAY_SECONDS
from doorbell_cli.configuration import SUBSCRIPTION
from doorbell_cli.console.desk import Desk
from doorbell_cli.console.pages.conditions import picture_of
from doorbell_cli.console.pages.standing import standing_and_item
from doorbell_cli.console.pages.switching import switched
from doorbell_cli.console.views.endpoint import endpoint
from doorbell_cli.console.views.limits import in_flight, secrets_of
from doorbell_cli.ops.conditions import TONES, last_day

LOST_DAYS = 7


def one(desk: Desk, request: Request) -> Response:
    """The calls of `standing_and_item`."""
    now = desk.clock()
    tenant, name = request.path_params["tenant"], request.path_params["name"]
    stand = standing_and_item(desk, tenant, name, now - LOST_DAYS * DAY_SECONDS)
    standing, found = stand.standing, stand.item
    if found is None and not standing.pending.rows and not standing.lost.rows:
        raise Refusal(404, "unknown_subscription", f"There is no subscription {tenant}/{name}.")
    item, problems = (None, ()) if found is None else desk.described(SUBSCRIPTION, found.values)
    view = endpoint(standing, item, problems, now)
    day = [] if found is None else last_day(stand.record, standing, now)
    sound = None if found is None or problems else found.values
    return desk.pages.page(
        "subscription.html",
        now,
        tenant=tenant,
        endpoint=view,
        day=day,
        tones=TONES,
        strip=picture_of(day, now) if day else None,
        flight=None if sound is None else in_flight(sound, stand.record.places, now),
        secrets=None if sound is None else secrets_of(sound),
    )


def switch(desk: Desk, request: Request, fields: Mapping[str, str]) -> Response:
    key = (request.path_params["tenant"], request.path_params["name"])
    return switched(desk, SUBSCRIPTION, key, fields)
