"""How fast a list is sent out to an endpoint that answers 200 up to 300 a second and 429 above, without a
word on how long: the real looks and healths, in virtual time, second by second."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import pytest

from doorbell.domain.claims import DeliveryMessage, WakeCall, WakeRow
from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.health import DRAIN_PER_SECOND, Circuit, Health, after_attempt
from doorbell.domain.outbound import Outcome
from doorbell.domain.shelves import Listed, Shelved
from doorbell.domain.wakes import Wake
from doorbell.usecases.call_wakes import CallWakes
from doorbell.usecases.look import Look
from doorbell.usecases.pausing import Pausing
from doorbell.usecases.waiting import Waiting
from tests.support import fakes
from tests.support.builders import TENANT, a_subscription
from tests.support.fakes import START, answered

TAKES = 300
"""Requests a second."""
SHARE_OF_TODAY = 0.2


@dataclass
class LongList:
    """Those who wait, by number: the first has waited longest. It does not lag."""

    count: int
    first: int = 0
    asked_of: int = 0

    def __post_init__(self) -> None:
        self.waits = bytearray(b"\1") * self.count

    def ready(self) -> bool:
        return True

    def waiting(self, endpoint_id: str, after: float | None, until: float, limit: int) -> Listed:
        while self.first < self.count and not self.waits[self.first]:
            self.first += 1
        number = self.first if after is None else max(self.first, int(after - START + self.count) + 1)
        end, rows = min(self.count, int(until - START + self.count) + 1), list[Shelved]()
        while number < end and len(rows) < limit:
            if self.waits[number]:
                key = DeliveryKey(str(number), "sub_1")
                rows.append(Shelved(key, TENANT, START - self.count + number, 0))
            number += 1
        self.asked_of += len(rows)
        return Listed(tuple(rows), rows[-1].at if len(rows) == limit else until)


@dataclass
class Drain:
    """`refiled` counts those that found the endpoint parked again."""

    count: int
    clock: fakes.FakeClock = field(default_factory=fakes.FakeClock)
    endpoints: fakes.FakeEndpoints = field(default_factory=fakes.FakeEndpoints)
    delivered: int = 0
    refiled: int = 0
    parked: int = 0

    def __post_init__(self) -> None:
        self.subscription = a_subscription()
        self.name = self.subscription.endpoint_id
        self.shelves = LongList(self.count)
        self.arrivals = defaultdict[int, list[int]](list)
        self.looks = defaultdict[int, int](int)
        self.waiting = Waiting(self.endpoints, self.shelves, self, self.clock)
        metrics, log = fakes.RecordingMetrics(), fakes.RecordingLog()
        subscriptions = fakes.FakeSubscriptions(self.subscription)
        notices, reads = fakes.RecordingNotices(), fakes.FakeDeliveries()
        pausing = Pausing(self.endpoints, self.shelves, reads, notices, log)
        self.look = Look(
            self.endpoints, subscriptions, self.shelves, pausing, self, self.clock, metrics, log, grace=900.0
        )
        self.call_wakes = CallWakes(self, self, self.clock, log)
        parked = Health(failures=9, parked_until=START, parks=7, wake=Wake(START))
        self.endpoints.write_health(self.name, parked)

    @property
    def health(self) -> Health:
        return self.endpoints.health(self.name)

    def due(self, until: float) -> list[WakeRow]:
        wake = self.health.wake
        if wake is None or wake.at > until:
            return []
        return [WakeRow(WakeCall(TENANT, "sub_1"), wake.at, wake.pace is not None)]

    def send(self, messages: object) -> None:
        for message, delay in messages:  # type: ignore[attr-defined]
            assert isinstance(message, DeliveryMessage)
            self.arrivals[int(self.clock() + delay)].append(int(message.key.event_id))

    def wake(self, calls: object) -> None:
        for _, delay in calls:  # type: ignore[attr-defined]
            self.looks[int(self.clock() + max(1, delay))] += 1

    def run(self) -> float:
        """Until nobody waits: seconds."""
        while self.delivered < self.count:
            if int(self.clock() - START) % 60 == 0:
                self.call_wakes()
            for _ in range(self.looks.pop(int(self.clock()), 0)):
                self.look(WakeCall(TENANT, "sub_1"))
            self._second(self.arrivals.pop(int(self.clock()), []))
            self.clock.advance(1)
        return self.clock() - START

    def _second(self, arrivals: list[int]) -> None:
        taken = 0
        for number in arrivals:
            if not self.shelves.waits[number]:
                continue
            if self.health.circuit(self.clock()) is Circuit.OPEN:
                self.refiled += 1
                continue
            taken += 1
            if taken <= TAKES:
                self.shelves.waits[number] = 0
                self.delivered += 1
            self._answered(answered(200 if taken <= TAKES else 429))

    def _answered(self, outcome: Outcome) -> None:
        seen, now = self.health, self.clock()
        health = after_attempt(seen, outcome, url=self.subscription.url, now=now, lease_until=now + 30)
        if health != seen:
            self.endpoints.write_health(self.name, health)
            self.parked += health.parks > seen.parks
            self.waiting.tell(self.subscription, seen, health)


@pytest.mark.long
def test_a_million_are_sent_out_in_a_fifth_of_the_time_of_fifty_a_second_and_few_are_filed_again() -> None:
    """Each row that is asked for is asked for a few times at most: to be sent, and to see that it has
    gone."""
    drain = Drain(1_000_000)
    seconds = drain.run()
    print(f"\n{drain.count / seconds:.0f} a second, {drain.parked} parkings, {drain.refiled} filed again")
    assert seconds <= SHARE_OF_TODAY * drain.count / DRAIN_PER_SECOND
    assert drain.refiled <= drain.count / 10
    assert drain.shelves.asked_of <= 3 * drain.count
