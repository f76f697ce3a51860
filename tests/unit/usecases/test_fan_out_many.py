"""Fan-out to very many: page by page, in memory that does not grow with the number of subscriptions."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable, Sequence

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.deliveries import Delivery
from doorbell.domain.filing import Filed, SubscriptionPage
from doorbell.domain.subscriptions import Interest, Subscription
from doorbell.usecases.fan_out import FanOut
from doorbell.usecases.route import Route
from tests.support import fakes
from tests.support.builders import a_subscription, an_incoming

PAGE = 500


class ManySubscriptions:
    """`count` subscriptions that are made when their page is asked for."""

    def __init__(self, count: int) -> None:
        self.count = count

    def page(self, tenant_id: str, after: str | None) -> SubscriptionPage:
        start = 0 if after is None else int(after) + 1
        end = min(start + PAGE, self.count)
        found = (Interest.of(a_subscription(f"{n:06d}")) for n in range(start, end))
        return SubscriptionPage(Filed(found), None if end == self.count else f"{end - 1:06d}")

    def is_at_hand(self, tenant_id: str) -> bool:
        return True

    def has_many(self, tenant_id: str) -> bool:
        return self.count > PAGE

    def get(self, tenant_id: str, subscription_id: str, *, fresh: bool = False) -> Subscription | None:
        return a_subscription(subscription_id)

    def disable(self, subscription: Subscription, reason: str, now: float) -> bool:
        return False


class Counting:
    """Deliveries and their queue, counted and not kept."""

    def __init__(self) -> None:
        self.created = 0
        self.sent = 0

    def create(self, deliveries: Sequence[Delivery]) -> Sequence[Delivery | None]:
        self.created += len(deliveries)
        return [None] * len(deliveries)

    def send(self, messages: Iterable[tuple[DeliveryMessage, int]]) -> None:
        self.sent += sum(1 for _ in messages)


def fan_out_to(count: int) -> tuple[Counting, int]:
    """What came of it, and the peak of memory in bytes."""
    sink, bodies, clock, metrics = Counting(), fakes.FakeBodies(), fakes.FakeClock(), fakes.RecordingMetrics()
    fan_out = FanOut(
        route=Route(ManySubscriptions(count), bodies, fakes.FakeFilters(), clock, metrics),
        events=ForgetfulEvents(),
        deliveries=sink,  # type: ignore[arg-type]  # fan-out creates and does nothing else
        queue=sink,
        bodies=bodies,
        clock=clock,
        metrics=metrics,
        log=fakes.RecordingLog(),
        retention=86_400,
        grace=900,
    )
    tracemalloc.start()
    try:
        fan_out(an_incoming())
        return sink, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


class ForgetfulEvents(fakes.FakeEvents):
    """Keeps no routing page: they are the table's to keep."""

    def put_page(self, event: object, number: int, page: object) -> None:
        return None


def test_ten_thousand_subscriptions_are_all_served() -> None:
    sink, _ = fan_out_to(10_000)
    assert (sink.created, sink.sent) == (10_000, 10_000)


def test_memory_does_not_grow_with_the_number_of_subscriptions() -> None:
    _, thousand = fan_out_to(1_000)
    _, ten_thousand = fan_out_to(10_000)
    assert ten_thousand < 1.5 * thousand
