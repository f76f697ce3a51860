"""What became of the events that earlier passes asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import batched

from doorbell.domain.backfill import AGAIN_SECONDS, MOST_ASKED, Stage, Tried
from doorbell.domain.sources import Source
from doorbell.usecases.ports_of_backfill import Book, Report

AT_ONCE = 50
REFUSED = "asked for as often as is allowed, and never taken"


def settle(source: Source, book: Book, now: float, report: Report) -> float | None:
    """The time of the oldest event that is still waited for; None: of none."""
    waited_for = [tried for tried in book.all_tried(source) if tried.stage is Stage.ASKED]
    there = on_record(book, waited_for)
    still = []
    for tried in waited_for:
        if tried.event_id in there:
            book.settle(source, replace(tried, stage=Stage.BROUGHT))
            report.brought += 1
        elif tried.asked >= MOST_ASKED and now - tried.asked_at >= AGAIN_SECONDS:
            book.settle(source, replace(tried, stage=Stage.MISSING, why=REFUSED))
            report.given_up += 1
        else:
            still.append(tried.at)
    return min(still, default=None)


def on_record(book: Book, tried: Sequence[Tried]) -> set[str]:
    """Which of these events are there."""
    ids = [one.event_id for one in tried]
    return {name for some in batched(ids, AT_ONCE, strict=False) for name in book.on_record(some)}
