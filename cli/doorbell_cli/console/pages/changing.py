"""A subscription's settings, tried on recorded events before they are saved."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from doorbell.domain.errors import DoorbellError, Refusal
from doorbell.domain.subscriptions import Subscription
from doorbell.store.items.models import load_subscription
from doorbell_cli.commands.configuration.carry_out import carry_out
from doorbell_cli.commands.configuration.plan import planned
from doorbell_cli.configuration import SUBSCRIPTION
from doorbell_cli.console.desk import Desk, link_of
from doorbell_cli.console.pages.query import since_of
from doorbell_cli.console.views.body import body as body_of
from doorbell_cli.console.views.body import laid_out
from doorbell_cli.console.views.change import Change, Made
from doorbell_cli.console.views.change import change as shown_change
from doorbell_cli.ops.composing import body_for
from doorbell_cli.ops.previewing import tally_of
from doorbell_cli.ops.reading import show_body

FIELDS = ("event_types", "sources", "filter", "transform")
"""Those that the page changes. The first two are lists, written with commas."""
LISTS = ("event_types", "sources")
MOST = 500
"""Events that a preview reads: each is a call."""
INLINE_BYTES = 64 * 1024
"""Of the body that is shown as it came and as it would be sent."""


def change(desk: Desk, request: Request) -> Response:
    """A call, then the form goes out. With `try` in the address also what the newest events would have
    done, a call for each; and what would be sent of one, `on` or the first that matches: one or two more."""
    now, key = desk.clock(), (request.path_params["tenant"], request.path_params["name"])
    stored = desk.item(SUBSCRIPTION, *key)
    asked = request.query_params
    given = {name: asked[name] for name in FIELDS if name in asked} or _shown(stored.values)
    since = since_of(request, "24h", now)
    subscription = _typed(desk, stored.values, given) if "try" in asked else None
    return desk.pages.streamed(
        "change.html",
        now,
        tenant=key[0],
        key=key,
        given=given,
        on=asked.get("on", "").strip(),
        read=lambda: None if subscription is None else _tried(desk, subscription, since, now, asked),
        since=asked.get("since") or "24h",
        again={name: text for name, text in asked.items() if name != "on"},
    )


def _tried(
    desk: Desk, subscription: Subscription, since: float, now: float, asked: Mapping[str, str]
) -> tuple[Change, Made | None]:
    """The second: of the event that is asked for, or of the first that would match."""
    tried = shown_change(tally_of(desk.target, subscription, since, now, MOST))
    first = next((one.event_id for one in tried.samples if one.matches), "")
    on = asked.get("on", "").strip() or first
    return tried, _made(desk, subscription, on) if on else None


def _typed(desk: Desk, values: Mapping[str, Any], given: Mapping[str, str]) -> Subscription:
    """As it would be, and not off. Refuses (422) what could not be used."""
    return load_subscription({**_kept(desk, {**values, **_values(given)}), "enabled": True})


def save(desk: Desk, request: Request, fields: Mapping[str, str]) -> Response:
    """Refuses (422) what could not be used, and (409) when somebody has written the item since."""
    key = (request.path_params["tenant"], request.path_params["name"])
    stored = desk.item(SUBSCRIPTION, *key)
    values = {**stored.values, **_values({name: fields[name] for name in FIELDS if name in fields})}
    kept = _kept(desk, values)
    plan = planned(desk.target, SUBSCRIPTION, kept)
    desk.note(
        key[0],
        "change",
        plan.label,
        "; ".join(f"{name}: {was!r} → {is_!r}" for name, was, is_ in plan.fields),
    )
    carry_out(desk.target, plan)
    return RedirectResponse(link_of(SUBSCRIPTION, key), 303)


def _made(desk: Desk, subscription: Subscription, event_id: str) -> Made:
    """What would be sent of an event of the tenant, changed as it is asked for."""
    try:
        found = show_body(desk.target)(event_id, inline_bytes=INLINE_BYTES)
    except Refusal as refusal:
        return Made(event_id, None, None, "", refusal.detail)
    if found.event.incoming.tenant_id != subscription.tenant_id:
        return Made(event_id, None, None, "", "no such event, or it has expired")
    if found.body is None:
        return Made(event_id, None, None, "", f"its body is longer than {INLINE_BYTES:,} bytes")
    came = body_of(found)
    try:
        content = body_for(subscription, found.event, found.body)
    except DoorbellError as error:
        return Made(event_id, came.pretty or came.text, None, "", str(error))
    sent = laid_out(content.body)
    return Made(event_id, came.pretty or came.text, sent.pretty or sent.text, content.content_type, "")


def _kept(desk: Desk, values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is left out. Refuses (422) what could not be used."""
    kept = {name: value for name, value in values.items() if value is not None}
    desk.refuse_broken(SUBSCRIPTION, kept, 422)
    return kept


def _values(given: Mapping[str, str]) -> dict[str, Any]:
    """An empty field leaves the setting out: None."""
    found = {name: text.strip() or None for name, text in given.items()}
    for name in LISTS:
        if (text := found.get(name)) is not None:
            found[name] = [part.strip() for part in text.split(",") if part.strip()]  # type: ignore[assignment]
    return found


def _shown(values: Mapping[str, Any]) -> dict[str, str]:
    shown = {name: values.get(name) or "" for name in FIELDS}
    return {name: ", ".join(sorted(value)) if name in LISTS else value for name, value in shown.items()}
