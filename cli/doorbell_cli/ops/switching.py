"""What switching a subscription off or on, or deleting it, does to what waits for it, in numbers."""

from collections.abc import Mapping
from typing import Any

from doorbell.domain.log import DAY_SECONDS
from doorbell.domain.replays import Selection
from doorbell.domain.standing import Standing
from doorbell.domain.transitions import EXPIRY_MARGIN_SECONDS
from doorbell.runtime.admin_api import iso
from doorbell.runtime.settings import Settings
from doorbell.usecases.bring_forward import MOST
from doorbell.usecases.left_out import LeftOut
from doorbell_cli.cells import clock
from doorbell_cli.ops.left_out import left_out_text
from doorbell_cli.ops.replayer import Replayer
from doorbell_cli.ops.standings import count
from doorbell_cli.ops.status_reading import status_reader
from doorbell_cli.ops.times import span
from doorbell_cli.target import Target

CANCELLED = ("cancelled", "subscription_disabled")
"""State and reason of what was cancelled as its subscription was off."""


def standing_of(target: Target, values: Mapping[str, Any], now: float) -> Standing:
    """With what was lost since it is off."""
    since = values.get("disabled_at")
    since = float(since) if isinstance(since, int | float) else now
    return status_reader(target).of(str(values["tenant_id"]), str(values["subscription_id"]), since)


def off(standing: Standing, now: float) -> str:
    """They are brought forward, and cancelled by whoever comes to them."""
    pending, listed = standing.pending, _listed(standing)
    if _nothing_waits(standing):
        return "No delivery waits for it."
    told = [f"{_waiting(standing)} They are cancelled within two minutes."]
    others = pending.rows[: len(pending.rows) - listed]
    if len(others) > MOST:
        last = clock(max(others[-1].due_at, now))
        told.append(f"Of these the first {MOST:,}; each other one when it comes up next, the last by {last}.")
    if listed and standing.list_seconds is not None:
        told.append(f"The endpoint's waiting list, {listed:,} of them, takes {span(standing.list_seconds)}.")
    told.append("An attempt that is under way comes to its end; if it fails, the next is cancelled.")
    return " ".join(told)


def or_pause(name: str) -> str:
    return f"Did you mean a pause? It keeps what waits and what comes: doorbell subscriptions pause {name}"


def kept_seconds(target: Target) -> float:
    """How long the stack keeps events and deliveries."""
    days = target.parameters.get("RetentionDays", Settings().retention_days)
    return float(days) * DAY_SECONDS


def paused(standing: Standing, kept_seconds: float, now: float) -> str:
    """Until when: by the oldest that is pending, or by what comes next."""
    waits = "No delivery waits for it." if _nothing_waits(standing) else f"{_waiting(standing)} They stay."
    until = standing.kept_until or now + kept_seconds - EXPIRY_MARGIN_SECONDS
    least = "" if standing.sees_all else " at the latest"
    return (
        f"{waits} What comes waits too. Nothing is sent, nothing is lost, no attempt is used up "
        f"until {clock(until)}{least}. From then on the oldest end as exhausted (retention)."
    )


def resumed(standing: Standing) -> str:
    if _nothing_waits(standing):
        return "No delivery waits for it."
    lasts = "" if standing.list_seconds is None else f", {span(standing.list_seconds)} for all at that pace"
    return (
        f"{_waiting(standing)} They go out within a minute, oldest first, "
        f"at {standing.pace:g} a second and faster{lasts}."
    )


def on(target: Target, standing: Standing, now: float) -> str:
    goes_on = f"It is paused: run doorbell subscriptions resume {standing.subscription_id}"
    then = goes_on if standing.paused else "They go on."
    told = [f"{_waiting(standing)} {then}" if standing.pending.rows else "No delivery waits for it."]
    since = standing.off_since
    if since is None:
        return told[0]
    name = f"--tenant {standing.tenant_id} --subscription {standing.subscription_id}"
    if cancelled := standing.lost.by_reason.get(CANCELLED, 0):
        again = f"doorbell replay {name} --since {iso(since)} --status cancelled"
        number = count(cancelled, standing.lost.more)
        told.append(f"Cancelled since it was disabled: {number}. They stay so. To send them: {again}")
    if missed := left_out_text(_while_off(target, standing, since, now)):
        told.append(missed)
    return "\n".join(told)


def _while_off(target: Target, standing: Standing, since: float, now: float) -> LeftOut:
    selection = Selection(standing.tenant_id, standing.subscription_id, since, now)
    return Replayer(target).left_out(selection, off=[(since, now)])


def _nothing_waits(standing: Standing) -> bool:
    return not standing.pending.rows and not standing.pending.more


def _listed(standing: Standing) -> int:
    return 0 if standing.listed is None else min(standing.listed.count, len(standing.pending.rows))


def _waiting(standing: Standing) -> str:
    pending, tried = standing.pending, len(standing.pending.tried)
    failed = f" ({tried:,} of them failed before)" if tried else ""
    return f"Deliveries that wait for it: {count(len(pending.rows), pending.more)}{failed}."
