"""The composition of fan-out.

A batch is handled in rounds, so that no tenant's filters hold its neighbours up:

    quickly         all side by side: what is quick is done, and its messages are sent
    once read       what may be quick as soon as the page of its tenant's many subscriptions is read
    in short turns  those that take longer, page by page, as long as no page is ended by the clock
    in long turns   those that are costly, until they are done, or the function's time is up

What is not done then goes back to the events queue, and on where it is: it is on record. Handing it back to
SQS as failed would count against it, and bring it to the dead-letter queue.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from doorbell.payloads.filters import Filters
from doorbell.queues.again import EventsAgain
from doorbell.queues.envelopes import EventEnvelope
from doorbell.queues.outbox import Outbox
from doorbell.runtime.batches import Record, about, in_rounds
from doorbell.runtime.broken_items import broken_item
from doorbell.runtime.outbound import (
    SECONDS_PER_DAY,
    bodies,
    deliveries,
    deliveries_queue,
    events,
)
from doorbell.runtime.rolling_up import tally
from doorbell.runtime.together import calls, written_singly
from doorbell.runtime.wiring import client, log, metrics, settings
from doorbell.store.configuration.subscriptions import SubscriptionTable
from doorbell.store.dynamodb.gathered import Gathered
from doorbell.store.dynamodb.once import OnceForAll
from doorbell.store.events.new_together import EventsTogether, Inserts, NewDeliveriesTogether
from doorbell.usecases.by_key import ByKey
from doorbell.usecases.fan_out import FanOut
from doorbell.usecases.in_turns import InTurns
from doorbell.usecases.route import Route

SHORT_TURN_SECONDS = 0.1
STOP_BEFORE_END_SECONDS = 20.0
"""No long turn begins later: a page of 500 is written and sent in it, by a service that may be slow."""


@dataclass(frozen=True, slots=True)
class Batch:
    """`fan_out` for the records of a batch: what they write in the same moment is written in one call, and
    the messages of those that are quick share calls. `time_left` in seconds."""

    fan_out: FanOut
    outbox: Outbox
    writes: Gathered
    again: EventsAgain
    time_left: Callable[[], float]
    turns: dict[str, InTurns] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)

    def handle(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Raises `Unavailable` when messages could not be sent: all records come again."""
        rounds = (self.quickly, self.once_read, self.in_short_turns, self.in_long_turns)
        return in_rounds(event, rounds, self.after_each)

    def after_each(self) -> None:
        self.outbox.close()
        self.writes.expect(len(self.unread))

    def quickly(self, record: Record) -> bool:
        with self.writes.member():
            incoming = EventEnvelope.model_validate_json(record["body"]).to_domain()
            about(incoming.event_id)
            if not self.fan_out.route.subscriptions.is_at_hand(incoming.tenant_id):
                self.unread.add(record["messageId"])
            elif self.fan_out.quickly(incoming):
                return True
        self.turns[record["messageId"]] = self.fan_out.in_turns(incoming)
        return False

    def once_read(self, record: Record) -> bool:
        """Nobody waits for it any more but others that waited for their page."""
        if record["messageId"] not in self.unread:
            return False
        with self.writes.member():
            incoming = self.turns[record["messageId"]].incoming
            about(incoming.event_id)
            return self.fan_out.quickly(incoming)

    def in_short_turns(self, record: Record) -> bool:
        """At least one: with each time that it comes, an event gets on."""
        turns = self.turns[record["messageId"]]
        about(turns.incoming.event_id)
        while True:
            turns.take(SHORT_TURN_SECONDS)
            if not turns.goes_on or turns.was_cut or self._is_late():
                return not turns.goes_on

    def in_long_turns(self, record: Record) -> bool:
        turns = self.turns[record["messageId"]]
        about(turns.incoming.event_id)
        while turns.goes_on and not self._is_late():
            turns.take()
        if turns.goes_on:
            self.again.send(record["body"])
            self.fan_out.metrics.count("RoutingGoesOn")
            self.fan_out.log.info("routing_goes_on", ingest_id=turns.incoming.ingest_id)
        return True

    def _is_late(self) -> bool:
        return self.time_left() < STOP_BEFORE_END_SECONDS


def batch_of(one: FanOut, event: Mapping[str, Any], time_left: Callable[[], float]) -> Batch:
    members, outbox = len(event["Records"]), Outbox(deliveries_queue())
    writes = Gathered(calls(), members)
    if members > 1:
        inserts = Inserts(writes, written_singly)
        one = replace(
            one,
            events=EventsTogether(events(), inserts),
            deliveries=NewDeliveriesTogether(deliveries(), inserts),
        )
    again = EventsAgain(client("sqs"), settings().events_queue_url)
    return Batch(replace(one, outbox=outbox), outbox, writes, again, time_left)


def fan_out() -> FanOut:
    return FanOut(
        route=Route(_subscriptions(), bodies(), Filters(), time.thread_time, metrics(), by_key=_by_key()),
        events=events(),
        deliveries=deliveries(),
        queue=deliveries_queue(),
        bodies=bodies(),
        clock=time.time,
        metrics=metrics(),
        log=log(),
        retention=settings().retention_days * SECONDS_PER_DAY,
        grace=settings().grace_seconds,
        tally=tally(),
    )


def _by_key() -> ByKey | None:
    """Loaded where it is on."""
    if not settings().routing_index:
        return None
    from doorbell.store.routes.reader import RouteReader

    return RouteReader(calls(), settings().routes_table, time.time, _all_asked, once=OnceForAll())


def _all_asked(cause: str) -> None:
    metrics().count("RoutesNotRead")
    log().error("routes_not_read", cause=cause)


def _subscriptions() -> SubscriptionTable:
    """Read by plain calls: botocore's client takes ten times as long for a page of hundreds."""
    table = settings().subscriptions_table
    return SubscriptionTable(client("dynamodb"), table, broken_item, queries=calls(), once=OnceForAll())
