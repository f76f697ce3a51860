"""A subscription's settings, tried on recorded events before they are saved."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from doorbell.domain.matching import Reason
from doorbell.store.items.models import load_subscription
from doorbell_cli.commands.configuration.carry_out import carry_out
from doorbell_cli.commands.configuration.plan import planned
from doorbell_cli.configuration import SUBSCRIPTION
from doorbell_cli.console.desk import Desk, link_of
from doorbell_cli.console.pages.query import since_of
from doorbell_cli.console.views.change import Change, Sample
from doorbell_cli.ops.previewing import tally_of
from doorbell_cli.ops.stories import reason_text

FIELDS = ("event_types", "sources", "filter", "transform")
"""Those that the page changes. The first two are lists, written with commas."""
LISTS = ("event_types", "sources")
MOST = 500
"""Events that a preview reads: each is a call."""


def change(desk: Desk, request: Request) -> Response:
    """The form; with `try` in the address also what the newest events would have done: a call for each."""
    now, key = desk.clock(), (request.path_params["tenant"], request.path_params["name"])
    stored = desk.item(SUBSCRIPTION, *key)
    asked = request.query_params
    given = {name: asked[name] for name in FIELDS if name in asked} or _shown(stored.values)
    tried = _tried(desk, request, {**stored.values, **_values(given)}, now) if "try" in asked else None
    return desk.pages.page(
        "change.html",
        now,
        tenant=key[0],
        key=key,
        given=given,
        tried=tried,
        since=asked.get("since") or "24h",
    )


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


def _tried(desk: Desk, request: Request, values: Mapping[str, Any], now: float) -> Change:
    kept = _kept(desk, values)
    subscription = load_subscription({**kept, "enabled": True})
    tally = tally_of(desk.target, subscription, since_of(request, "24h", now), now, MOST)
    return Change(
        tally.matched,
        tally.seen,
        tally.before,
        tally.unknown,
        [
            Sample(one["event_id"], one["at"], one["event_type"], one["source_id"], matched, _why(one))
            for matched in (True, False)
            for one in tally.samples[matched]
        ],
    )


def _why(sample: Mapping[str, Any]) -> str:
    return reason_text(Reason(sample["reason"]), sample["detail"])


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
