"""Recorded events through a subscription that is not written: what it would have got."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from doorbell.domain.matching import Match
from doorbell.domain.records import StoredEvent
from doorbell.domain.reserved import TEST_SOURCE
from doorbell.domain.subscriptions import Subscription
from doorbell.payloads.filters import Filters
from doorbell.runtime.admin_api import iso
from doorbell.store.bodies import BodyBucket
from doorbell.store.events.event_log import EventLog
from doorbell.store.events.events import EventTable
from doorbell.usecases.preview import BodyGone, tried
from doorbell_cli.target import Target

SAMPLES = 5
READ_AHEAD = 100
"""Events in memory at once: a body inline has up to 16 KiB."""


@dataclass(slots=True)
class Tally:
    """What one subscription would have got of the events it can be asked about. `different`: how many of them
    it would have got and did not, or the other way round; `differing`: the newest of these."""

    seen: int = 0
    matched: int = 0
    before: int = 0
    unknown: int = 0
    samples: dict[bool, list[dict[str, Any]]] = field(default_factory=lambda: {True: [], False: []})
    differing: list[dict[str, Any]] = field(default_factory=list)
    different: int = 0

    def add(self, event: StoredEvent, found: Match, subscription_id: str) -> None:
        self.seen += 1
        self.matched += found.matched
        before = subscription_id in event.routing.matched
        self.before += before
        self.different += before != found.matched
        if len(self.samples[found.matched]) < SAMPLES:
            self.samples[found.matched].append(_sample(event, found, before))
        if before != found.matched and len(self.differing) < SAMPLES:
            self.differing.append(_sample(event, found, before))


def tally_of(
    target: Target,
    subscription: Subscription,
    since: float,
    until: float,
    limit: int,
    on_event: Callable[[], None] = lambda: None,
) -> Tally:
    """Of at most `limit` events, the newest. Reads each once: about half a read unit for each 4 KiB."""
    tally, filters = Tally(), Filters()
    bodies = BodyBucket(lambda: target.client("s3"), target.output("BodiesBucketName"))
    for event in _events(target, subscription.tenant_id, since, until, limit):
        on_event()
        if event.incoming.source_id == TEST_SOURCE:
            continue
        try:
            found = tried(subscription, event, bodies, filters.passes)
        except BodyGone:
            tally.unknown += 1
            continue
        tally.add(event, found, subscription.subscription_id)
    return tally


def _events(target: Target, tenant_id: str, since: float, until: float, limit: int) -> Iterator[StoredEvent]:
    """The newest first; those that expired meanwhile are left out."""
    dynamodb, table = target.client("dynamodb"), target.table("Events")
    events = EventTable(dynamodb, table)
    rows = EventLog(dynamodb, table).between(tenant_id, since, until, newest_first=True, first=limit)
    ids = (row.event_id for row, _ in zip(rows, range(limit), strict=False))
    with ThreadPoolExecutor(8) as pool:
        for some in batched(ids, READ_AHEAD, strict=False):
            found = pool.map(lambda event_id: events.get(event_id, time.time()), some)
            yield from (event for event in found if event is not None)


def _sample(event: StoredEvent, found: Match, before: bool) -> dict[str, Any]:
    return {
        "event_id": event.event_id,
        "recorded_at": iso(event.created_at),
        "at": event.created_at,
        "event_type": ", ".join(event.incoming.types),
        "source_id": event.incoming.source_id,
        "reason": found.reason.value,
        "detail": found.detail,
        "matched": found.matched,
        "before": before,
    }
