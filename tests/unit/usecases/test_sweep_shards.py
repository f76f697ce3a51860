"""Sweep, shard by shard: side by side, and none the worse for another's trouble."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.errors import Unavailable
from doorbell.usecases.sweep import LOOK_AHEAD_SECONDS, Sweep
from tests.support import fakes
from tests.support.builders import a_delivery
from tests.support.fakes import START
from tests.unit.usecases.world import GRACE, World

SHARDS = 4


def with_due(count: int) -> World:
    w = World()
    for number in range(count):
        key = DeliveryKey(f"evt_{number}", "sub_1")
        w.deliveries.items[key] = a_delivery(key=key, next_attempt_at=START, due_at=START)
    return w


def test_a_shard_that_meets_a_failing_service_holds_no_other_up_and_is_told_at_the_end() -> None:
    w = with_due(40)
    w.faults.before["send"] = [fakes.unavailable("sqs")]
    with pytest.raises(Unavailable, match="sqs"):
        w.sweep()
    served = {message.key for message, _ in w.queue.sent}
    assert len({key.due_shard(SHARDS) for key in set(w.deliveries.items) - served}) == 1
    assert w.metrics.counts["Swept"] == len(served)
    assert w.sweep() == 40 - len(served)


def test_a_postponement_that_fails_holds_no_other_shard_up() -> None:
    w = with_due(40)
    w.faults.before["postpone"] = [fakes.unavailable()]
    with pytest.raises(Unavailable, match="dynamodb"):
        w.sweep()
    assert {message.key for message, _ in w.queue.sent} == set(w.deliveries.items)


@pytest.mark.parametrize("grace", [1.0, 59.0, 900.0])
def test_a_sweep_does_not_meet_again_what_it_moved_however_short_the_grace(grace: float) -> None:
    w = with_due(40)
    assert w.sweep(grace=grace) == 40
    assert len(w.queue.sent) == 40
    assert min(delivery.due_at or 0 for delivery in w.deliveries.items.values()) > START + LOOK_AHEAD_SECONDS


def test_shards_are_swept_side_by_side() -> None:
    w = with_due(40)
    all_there = Barrier(SHARDS, timeout=10)

    class Waiting(fakes.FakeDeliveriesQueue):
        def send(self, messages: Iterable[tuple[DeliveryMessage, int]]) -> None:
            all_there.wait()
            super().send(messages)

    queue = Waiting()
    with ThreadPoolExecutor(SHARDS) as pool:
        sweep = Sweep(w.index, w.deliveries, queue, w.clock, w.metrics, w.log, GRACE, pool.map, lambda: 0)
        assert sweep(stop_at=float("inf")) == 40
    assert {message.key for message, _ in queue.sent} == set(w.deliveries.items)
