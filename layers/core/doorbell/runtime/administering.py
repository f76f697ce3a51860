"""The composition of admin."""

import time

from doorbell.runtime.outbound import deliveries, deliveries_queue
from doorbell.runtime.wiring import client, log, metrics, settings
from doorbell.store.stories import StoryTable
from doorbell.usecases.inspect import Inspect
from doorbell.usecases.replay import Replay


def inspect() -> Inspect:
    return Inspect(StoryTable(client("dynamodb"), settings().events_table, time.time))


def replay() -> Replay:
    return Replay(
        inspect=inspect(),
        deliveries=deliveries(),
        queue=deliveries_queue(),
        clock=time.time,
        metrics=metrics(),
        log=log(),
        grace=settings().grace_seconds,
    )
