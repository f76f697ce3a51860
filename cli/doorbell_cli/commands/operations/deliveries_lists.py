"""The lists of `doorbell deliveries list`: for people and for programs."""

import time
from collections.abc import Sequence
from typing import Any

from doorbell.domain.deliveries import Delivery, State
from doorbell.domain.history import EndedRow
from doorbell.domain.standing import Pending, held_by
from doorbell.runtime.admin_api import delivery_json, iso
from doorbell.usecases.history import HistoryPage
from doorbell_cli.ops.deliveries_by_state import EVENTS, Ended, Waiting
from doorbell_cli.ops.limits import say_more
from doorbell_cli.ops.next_attempts import when_of
from doorbell_cli.ops.stories import answer, name
from doorbell_cli.ops.why_held import WHY
from doorbell_cli.output import Output, Styled, clock


def say_ended(out: Output, rows: Sequence[Ended], more: bool, limit: int, *, empty: str = "") -> None:
    out.rows(
        ["ended", "subscription", "event", "state", "reason", "last answer"],
        [
            (
                clock(r.row.ended_at),
                _name(r),
                r.row.key.event_id,
                _state(r),
                r.row.reason or "",
                _answer(r.delivery),
            )
            for r in rows
        ],
        document=[ended_json(row) for row in rows],
        empty=empty
        or "No delivery ended without success in this time. What is still being tried: --state failing",
        spare=["last answer"],
    )
    if more:
        say_more(out, limit)


def say_history(
    out: Output, rows: Sequence[Ended], page: HistoryPage, limit: int, states: Sequence[str]
) -> None:
    """Delivered ones too. Only these: as they were shown before there were histories."""
    if tuple(states) == ("delivered",):
        whole = [row.delivery for row in rows if row.delivery is not None]
        say_delivered(out, whole, False, limit)
    else:
        say_ended(out, rows, False, limit, empty="No such delivery ended in this time.")
    if page.untold:
        out.note(
            f"{page.untold:,} deliveries ended before this stack kept histories, and their rows do not say "
            "this. Leave out --status, --error and --type to see them."
        )
    if page.until is not None and len(rows) >= limit:
        say_more(out, limit)
    elif page.until is not None:
        out.note(
            f"It stopped after {page.looked:,} deliveries, at {clock(page.until)}. "
            "For earlier ones, add --until."
        )


def say_waiting(out: Output, rows: Sequence[Waiting], found: Pending, limit: int, *, tried: bool) -> None:
    at = time.time()
    out.rows(
        ["event", "subscription", "attempts", "last error", "next attempt", "held by"],
        [
            (
                row.delivery.key.event_id,
                name(row.delivery),
                row.delivery.attempts_made,
                _answer(row.delivery),
                when_of(row.delivery, row.health, at),
                WHY[held_by(row.delivery, row.health, at)],
            )
            for row in rows
        ],
        document=[waiting_json(row, at) for row in rows],
        empty="No delivery is failing." if tried else "No delivery is waiting.",
        spare=["held by"],
    )
    if found.more:
        out.note(
            f"It stopped after {found.looked_at:,} pending deliveries of the stack and found "
            f"{len(found.rows):,}. There may be more."
        )
    elif len(found.rows) > limit:
        out.note(f"There are {len(found.rows):,}. Raise --limit to see more than these {limit}.")


def say_delivered(out: Output, rows: Sequence[Delivery], more: bool, limit: int) -> None:
    out.rows(
        ["ended", "subscription", "event", "attempts", "last answer"],
        [(clock(d.ended_at), name(d), d.key.event_id, d.attempts_made, _answer(d)) for d in rows],
        document=[{"event_id": d.key.event_id, **delivery_json(d)} for d in rows],
        empty="No delivery was delivered in this time.",
    )
    if more and len(rows) == limit:
        say_more(out, limit)
    elif more:
        out.note(f"It stopped after the newest {EVENTS} events. To see earlier ones: --until")


def ended_json(ended: Ended) -> dict[str, Any]:
    row = ended.row
    last = ended.delivery.attempts[-1] if ended.delivery and ended.delivery.attempts else None
    return {
        "event_id": row.key.event_id,
        "subscription_id": row.key.subscription_id,
        "generation": row.key.generation,
        "state": row.state,
        "reason": row.reason,
        "ended_at": iso(row.ended_at),
        "event_type": row.event_type if isinstance(row, EndedRow) else None,
        "status": last.status if last else None,
        "error": last.error if last else None,
        "replay": None if ended.replay is None else ended.replay.state.value,
    }


def waiting_json(row: Waiting, now: float) -> dict[str, Any]:
    delivery = row.delivery
    return {
        "event_id": delivery.key.event_id,
        **delivery_json(delivery),
        "attempts_made": delivery.attempts_made,
        "held_by": held_by(delivery, row.health, now).value,
    }


def _state(ended: Ended) -> Styled:
    """What a replay has done with it stands beside it."""
    if ended.replay is None:
        return Styled(ended.row.state, "green" if ended.row.state == State.DELIVERED else "red")
    text = f"{ended.row.state}; replay {ended.replay.key.generation}: {ended.replay.state.value}"
    return Styled(text, "green" if ended.replay.state is State.DELIVERED else "yellow")


def _answer(delivery: Delivery | None) -> str | None:
    return answer(delivery.attempts[-1]) if delivery is not None and delivery.attempts else None


def _name(ended: Ended) -> str:
    key = ended.row.key
    return key.subscription_id + (f" (replay {key.generation})" if key.generation else "")
