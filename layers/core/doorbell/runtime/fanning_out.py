"""The composition of fan-out."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from doorbell.payloads.filters import Filters
from doorbell.queues.envelopes import EventEnvelope
from doorbell.queues.outbox import Outbox
from doorbell.runtime.outbound import (
    SECONDS_PER_DAY,
    bodies,
    deliveries,
    deliveries_queue,
    events,
    subscriptions,
)
from doorbell.runtime.together import calls, written_singly
from doorbell.runtime.wiring import log, metrics, settings
from doorbell.store.gathered import Gathered
from doorbell.store.new_together import EventsTogether, Inserts, NewDeliveriesTogether
from doorbell.usecases.fan_out import FanOut
from doorbell.usecases.route import Route


@dataclass(frozen=True, slots=True)
class Batch:
    """`fan_out` for the records of a batch: what they write in the same moment is written in one call, and
    their messages share calls."""

    fan_out: FanOut
    outbox: Outbox
    writes: Gathered

    def __call__(self, body: str) -> None:
        """One record, by its body. Call it for every record of the batch, side by side."""
        with self.writes.member():
            self.fan_out(EventEnvelope.model_validate_json(body).to_domain())

    def close(self) -> None:
        """Raises `Unavailable` when messages could not be sent: all records come again."""
        self.outbox.close()


def batch_of(one: FanOut, event: Mapping[str, Any]) -> Batch:
    members, outbox = len(event["Records"]), Outbox(deliveries_queue())
    writes = Gathered(calls(), members)
    if members > 1:
        inserts = Inserts(writes, written_singly)
        one = replace(
            one,
            events=EventsTogether(events(), inserts),
            deliveries=NewDeliveriesTogether(deliveries(), inserts),
        )
    return Batch(replace(one, outbox=outbox), outbox, writes)


def fan_out() -> FanOut:
    return FanOut(
        route=Route(subscriptions(), bodies(), Filters(), time.time, metrics()),
        events=events(),
        deliveries=deliveries(),
        queue=deliveries_queue(),
        bodies=bodies(),
        clock=time.time,
        metrics=metrics(),
        log=log(),
        retention=settings().retention_days * SECONDS_PER_DAY,
        grace=settings().grace_seconds,
    )
