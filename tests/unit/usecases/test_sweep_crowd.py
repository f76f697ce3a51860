"""Who is behind is left to the queue for longer: a sweep must not fill it faster than it is emptied."""

from collections import deque

import pytest

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.deliveries import DeliveryKey
from doorbell.usecases.sweep import BATCH, CROWD, LONGEST_SECONDS, left_to_queue
from tests.support import fakes
from tests.support.builders import a_delivery
from tests.support.fakes import START
from tests.unit.usecases.world import GRACE, World

A_DELIVERY, A_COPY = 5, 1
"""What a message costs the dispatcher: a copy of one that was delivered is claimed by nobody."""


class Behind:
    """A dispatcher that can do `power` a minute, to whom `inflow` deliveries a minute come, and for whom
    `behind` wait already. One shard."""

    def __init__(self, *, behind: int, inflow: int, power: int) -> None:
        self.w, self.inflow, self.power = World(), inflow, power
        self.w.index = fakes.FakeDueIndex(self.w.deliveries, shards=1)
        self.queue, self.number = deque[DeliveryMessage](), 0
        self.come(behind)

    def come(self, count: int) -> None:
        now = self.w.clock()
        for _ in range(count):
            self.number += 1
            key = DeliveryKey(f"evt_{self.number}", "sub_1")
            self.w.deliveries.items[key] = a_delivery(key=key, next_attempt_at=now, due_at=now + GRACE)
            self.queue.append(DeliveryMessage(key, "acme", 1))

    def minute(self) -> None:
        self.come(self.inflow)
        self._work()
        self.w.clock.advance(60)
        self.w.in_queue = len(self.queue)
        self.w.sweep()
        self.queue.extend(message for message, _ in self.w.queue.sent)
        self.w.queue.sent.clear()

    def _work(self) -> None:
        left = self.power
        while self.queue and left > 0:
            there = self.w.deliveries.items.pop(self.queue.popleft().key, None)
            left -= A_COPY if there is None else A_DELIVERY


def test_a_dispatcher_that_is_an_hour_behind_catches_up_though_two_thirds_of_what_it_can_do_come() -> None:
    """Where each grace brought a copy, the queue had 47,000 after six hours and 180,000 after twelve."""
    behind = Behind(behind=4_000, inflow=40, power=300)
    for _ in range(8 * 60):
        behind.minute()
    assert len(behind.w.deliveries.items) <= 40
    assert len(behind.queue) <= 80


def due(w: World, count: int) -> None:
    for number in range(count):
        key = DeliveryKey(f"evt_{number}", "sub_1")
        w.deliveries.items[key] = a_delivery(key=key, next_attempt_at=START, due_at=START)


@pytest.mark.parametrize(("count", "graces"), [(BATCH, 5), (BATCH - 1, 1)])
def test_a_whole_batch_that_is_due_is_left_to_a_long_queue_for_longer_after_its_message(
    count: int, graces: int
) -> None:
    w = World(in_queue=4 * CROWD)
    w.index = fakes.FakeDueIndex(w.deliveries, shards=1)
    due(w, count)
    assert w.sweep() == len(w.queue.sent) == count
    assert {delivery.due_at for delivery in w.deliveries.items.values()} == {START + graces * GRACE}


def test_a_queue_that_cannot_be_asked_holds_nothing_up() -> None:
    class Unasked(World):
        @property
        def in_queue(self) -> int:
            raise fakes.unavailable("sqs")

        @in_queue.setter
        def in_queue(self, _: int) -> None: ...

    w = Unasked()
    w.index = fakes.FakeDueIndex(w.deliveries, shards=1)
    due(w, BATCH)
    assert w.sweep() == BATCH
    assert {delivery.due_at for delivery in w.deliveries.items.values()} == {START + GRACE}
    assert w.log.messages("error") == ["queue_not_counted"]


@pytest.mark.parametrize("grace", [1.0, 900.0, 3600.0])
def test_nobody_is_left_to_the_queue_for_less_than_the_grace_nor_for_more_than_six_hours(
    grace: float,
) -> None:
    held = [left_to_queue(grace, waiting) for waiting in (0, CROWD - 1, CROWD, 10 * CROWD, 10**9)]
    assert held[:3] == [grace, grace, 2 * grace]
    assert held == sorted(held)
    assert held[-1] == LONGEST_SECONDS
