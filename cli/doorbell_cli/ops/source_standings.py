"""What pausing a source does to what waits on its list, and resuming it, in numbers; and what switching it
off or on does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from doorbell.domain.standing import Listed
from doorbell.domain.transitions import EXPIRY_MARGIN_SECONDS, kept_until
from doorbell.domain.wakes import START_PER_SECOND
from doorbell.store.deliveries.shelf_count import ShelfCount
from doorbell.store.deliveries.shelf_index import ShelfIndex
from doorbell.usecases.configure import is_paused
from doorbell_cli.cells import clock
from doorbell_cli.configuration import list_of
from doorbell_cli.ops.reading import deliveries_by_key
from doorbell_cli.ops.standings import count
from doorbell_cli.target import Target

ANY_TIME = 1e11


@dataclass(frozen=True, slots=True)
class SourceStanding:
    """`kept_until`: when the one that waits longest is given up; None: nobody waits, or it was not asked."""

    listed: Listed
    kept_until: float | None


def standing_of(target: Target, values: Mapping[str, Any], *, with_end: bool = True) -> SourceStanding:
    """Eight calls, or up to eleven where thousands wait; where some wait, `with_end` is nine more."""
    client, events, name = target.client("dynamodb"), target.table("Events"), list_of(values)
    listed = ShelfCount(client, events).listed(name)
    if not listed.count or not with_end:
        return SourceStanding(listed, None)
    first = ShelfIndex(client, events, lambda until: ()).waiting(name, None, ANY_TIME, 1).rows[:1]
    found = deliveries_by_key(target).by_key([row.key for row in first])
    return SourceStanding(listed, min(map(kept_until, found.values()), default=None))


def paused(standing: SourceStanding, kept_seconds: float, now: float) -> str:
    """Until when: by the one that waits longest, or by what comes next."""
    until = standing.kept_until or now + kept_seconds - EXPIRY_MARGIN_SECONDS
    return (
        f"{_waiting(standing)} It takes events in as before, and their deliveries wait, to whomever they go. "
        f"Nothing is sent, nothing is lost, no attempt is used up until {clock(until)}. "
        f"From then on the oldest end as exhausted (retention)."
    )


def resumed(standing: SourceStanding) -> str:
    if not standing.listed.count:
        return "No delivery waits for it."
    return (
        f"{_waiting(standing)} They go out within a minute, oldest first, at {START_PER_SECOND:g} a second "
        f"and faster. A subscription that is paused itself goes on waiting."
    )


def off(source_id: str) -> str:
    return (
        "It answers 403 to every request from then on. Most providers try again for a while; after that the "
        "event is lost. What is in goes out. Did you mean a pause? It takes events in and keeps them: "
        f"doorbell sources pause {source_id}"
    )


def on(values: Mapping[str, Any]) -> str:
    waits = " It is paused: its events wait until it is resumed." if is_paused(values) else ""
    return (
        f"It takes requests in again.{waits} Those that it refused meanwhile, as far as they are kept: "
        f"doorbell refused list {values['source_id']}"
    )


def _waiting(standing: SourceStanding) -> str:
    listed = standing.listed
    if not listed.count:
        return "No delivery waits for it."
    return f"Deliveries that wait for it: {count(listed.count, listed.more)}."
