"""`doorbell subscriptions preview`: recorded events through a changed subscription, before it is written."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import batched
from pathlib import Path
from typing import Annotated, Any

import typer

from doorbell.domain.matching import Match, Reason, match
from doorbell.domain.records import StoredEvent
from doorbell.domain.subscriptions import Subscription
from doorbell.payloads.filters import Filters
from doorbell.store.bodies import BodyBucket
from doorbell.store.event_log import EventLog
from doorbell.store.events import EventTable
from doorbell.store.items import load_subscription
from doorbell_cli.commands.config_flags import from_file
from doorbell_cli.commands.config_items import refuse_broken
from doorbell_cli.configuration import SUBSCRIPTION
from doorbell_cli.ops.times import period
from doorbell_cli.output import JsonOption, Output, clock, progress
from doorbell_cli.target import StackOption, Target, connected
from doorbell_cli.trial import SOURCE_ID as TEST_SOURCE

SAMPLES = 5
READ_AHEAD = 100
"""Events in memory at once: a body inline has up to 16 KiB."""


@dataclass(slots=True)
class Tally:
    """What one subscription would have got of the events it can be asked about."""

    seen: int = 0
    matched: int = 0
    before: int = 0
    unknown: int = 0
    samples: dict[bool, list[dict[str, Any]]] = field(default_factory=lambda: {True: [], False: []})

    def add(self, event: StoredEvent, found: Match, subscription_id: str) -> None:
        self.seen += 1
        self.matched += found.matched
        self.before += subscription_id in event.routing.matched
        if len(self.samples[found.matched]) < SAMPLES:
            self.samples[found.matched].append(_sample(event, found))


def preview(
    file: Annotated[Path, typer.Argument(help="The subscription as it would be; - is stdin.")],
    since: Annotated[str, typer.Option(help="How far back: 30m, 24h, 7d, or a time.")] = "7d",
    limit: Annotated[int, typer.Option(help="Look at this many events at most, the newest.")] = 10_000,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say which recorded events a changed subscription would have matched, and which not and why.

    Reads each event once: about half a read unit for each 4 KiB, $0.13 for a million small ones (us-east-1).
    """
    start, end = period(since, "now", time.time())
    with connected(stack) as target:
        out, documents = Output(as_json), []
        for values in from_file(file, SUBSCRIPTION):
            refuse_broken(target, SUBSCRIPTION, values)
            subscription = load_subscription({**values, "enabled": True})
            tally = _tally(target, subscription, start, end, limit)
            if not as_json:
                _say(out, subscription, tally, since)
            documents.append(_document(subscription, tally))
        out.document(documents[0] if len(documents) == 1 else documents)


def _tally(target: Target, subscription: Subscription, since: float, until: float, limit: int) -> Tally:
    tally, filters = Tally(), Filters()
    bodies = BodyBucket(lambda: target.client("s3"), target.output("BodiesBucketName"))
    with progress(f"events of {subscription.tenant_id}") as bar:
        for event in _events(target, subscription.tenant_id, since, until, limit):
            bar.step()
            if event.incoming.source_id == TEST_SOURCE:
                continue
            body = _body(event, bodies) if subscription.filter is not None else b""
            if body is None:
                tally.unknown += 1
                continue
            tally.add(event, _match(subscription, event, body, filters), subscription.subscription_id)
    return tally


def _events(target: Target, tenant_id: str, since: float, until: float, limit: int) -> Iterator[StoredEvent]:
    """The newest first; those that expired meanwhile are left out."""
    dynamodb, table = target.client("dynamodb"), target.table("Events")
    events = EventTable(dynamodb, table)
    rows = EventLog(dynamodb, table).between(tenant_id, since, until, newest_first=True)
    ids = (row.event_id for row, _ in zip(rows, range(limit), strict=False))
    with ThreadPoolExecutor(8) as pool:
        for some in batched(ids, READ_AHEAD, strict=False):
            yield from (event for event in pool.map(events.get, some) if event is not None)


def _body(event: StoredEvent, bodies: BodyBucket) -> bytes | None:
    at = event.incoming.body
    if at.inline is not None:
        return at.inline
    try:
        return bodies.get(at.key or "")
    except KeyError:
        return None


def _match(subscription: Subscription, event: StoredEvent, body: bytes, filters: Filters) -> Match:
    incoming = event.incoming
    return match(
        subscription,
        source_id=incoming.source_id,
        event_type=incoming.event_type,
        passes=lambda expression: filters.passes(expression, incoming, body),
    )


def _sample(event: StoredEvent, found: Match) -> dict[str, Any]:
    return {
        "event_id": event.event_id,
        "at": event.created_at,
        "event_type": event.incoming.event_type,
        "source_id": event.incoming.source_id,
        "reason": found.reason.value,
        "detail": found.detail,
    }


def _say(out: Output, subscription: Subscription, tally: Tally, since: str) -> None:
    out.say(f"subscription {subscription.endpoint_id}, events since {since}:")
    out.say(f"  would have matched {tally.matched:,} of {tally.seen:,} (did match then: {tally.before:,})")
    if tally.unknown:
        out.say(f"  {tally.unknown:,} more could not be asked: their bodies are gone")
    for matched, title in ((True, "would have matched, for example"), (False, "would not, for example")):
        if tally.samples[matched]:
            out.say(f"{title}:")
            columns = ["event", "at", "type", "source", "why"]
            out.rows(columns, [_cells(sample) for sample in tally.samples[matched]], document=None)


def _cells(sample: dict[str, Any]) -> list[object]:
    reasons = {
        Reason.MATCHED.value: "matched",
        Reason.SOURCE.value: "its source is not listed",
        Reason.EVENT_TYPE.value: "its type matches no glob",
        Reason.FILTER.value: "the filter says no",
        Reason.FILTER_ERROR.value: f"the filter fails: {sample['detail']}",
    }
    why = reasons.get(sample["reason"], sample["reason"])
    return [sample["event_id"], clock(sample["at"]), sample["event_type"], sample["source_id"], why]


def _document(subscription: Subscription, tally: Tally) -> dict[str, Any]:
    return {
        "subscription": subscription.endpoint_id,
        "events": tally.seen,
        "would_match": tally.matched,
        "did_match": tally.before,
        "bodies_gone": tally.unknown,
        "samples": {"matching": tally.samples[True], "not_matching": tally.samples[False]},
    }
