"""An endpoint that answers well in between is not parked, however many of its failures come at once:
deliveries that are under way side by side all begin with health that was read before."""

from dataclasses import replace

import pytest

from doorbell.domain.clocks import Clocks
from doorbell.domain.deliveries import Lease
from doorbell.domain.health import BREAKER_FAILURES, Health
from doorbell.domain.outbound import Outcome
from doorbell.usecases.keep_health import ANSWERED_AT_MOST, Answered, KeepHealth
from doorbell.usecases.waiting import Waiting
from tests.support import fakes
from tests.support.builders import a_delivery, a_subscription
from tests.support.fakes import START, answered, failed

SUB = a_subscription()
CLAIMED = a_delivery(lease=Lease("l1", START + 30))


class Environment:
    """One that keeps health, with its two clocks."""

    def __init__(self, endpoints: fakes.FakeEndpoints | None = None) -> None:
        self.clock, self.ran = fakes.FakeClock(), 0.0
        self.endpoints = endpoints or fakes.FakeEndpoints()
        self.answered = Answered(Clocks(lambda: self.ran, self.clock))
        shelves, queue = fakes.FakeShelves(fakes.FakeDeliveries(fakes.Faults())), fakes.FakeDeliveriesQueue()
        waiting = Waiting(self.endpoints, shelves, queue, self.clock)
        notices, metrics = fakes.RecordingNotices(), fakes.RecordingMetrics()
        self.keep = KeepHealth(self.endpoints, waiting, notices, self.clock, metrics, self.answered)

    def concludes(self, *outcomes: Outcome, seen: Health | None = None) -> None:
        """Attempts that all began with what was `seen`, a tenth of a second apart."""
        before = seen or self.endpoints.health(SUB.endpoint_id)
        for outcome in outcomes:
            self.clock.advance(0.1)
            self.ran += 0.1
            self.keep(CLAIMED, SUB, before, outcome)

    @property
    def health(self) -> Health:
        return self.endpoints.health(SUB.endpoint_id)


def test_failures_with_answers_in_between_are_no_row() -> None:
    here = Environment()
    here.concludes(*[answered(500), answered(204)] * 20, seen=Health())
    assert here.health.parked_until is None
    assert here.health.failures <= 1


def test_failures_with_nothing_in_between_park_it_at_the_fifth() -> None:
    here = Environment()
    here.concludes(answered(204), *[answered(500)] * (BREAKER_FAILURES - 1), seen=Health())
    assert (here.health.failures, here.health.parked_until) == (BREAKER_FAILURES - 1, None)
    here.concludes(answered(500))
    assert here.health.parked_until is not None


def test_what_others_counted_is_ended_by_what_this_one_saw_since() -> None:
    others = Environment()
    here = Environment(others.endpoints)
    others.concludes(*[answered(500)] * (BREAKER_FAILURES - 1))
    here.clock.now = others.clock.now
    here.concludes(answered(204), seen=Health())
    here.concludes(answered(500))
    assert (here.health.failures, here.health.parked_until) == (1, None)


def test_a_time_out_parks_it_at_once_all_the_same() -> None:
    here = Environment()
    here.concludes(answered(500), answered(204), failed("timeout"), seen=Health())
    assert here.health.parked_until is not None


@pytest.mark.parametrize("set_by", [-3600.0, 3600.0])
def test_an_answer_from_before_the_clock_was_set_ends_nothing(set_by: float) -> None:
    here = Environment()
    here.concludes(answered(204), seen=Health())
    here.clock.advance(set_by)
    here.concludes(*[answered(500)] * BREAKER_FAILURES)
    assert here.health.parked_until is not None


def test_what_another_url_answered_ends_nothing() -> None:
    here = Environment()
    for _ in range(BREAKER_FAILURES):
        here.concludes(answered(500))
        here.answered.note(replace(SUB, url="https://elsewhere.example/hook"))
    assert here.health.parked_until is not None


def test_no_more_endpoints_are_remembered_than_a_thousand() -> None:
    answered_well = Answered()
    for number in range(3 * ANSWERED_AT_MOST):
        answered_well.note(replace(SUB, url=f"https://{number}.example/hook"))
    assert len(answered_well._last) <= ANSWERED_AT_MOST
    last = replace(SUB, url=f"https://{3 * ANSWERED_AT_MOST - 1}.example/hook")
    assert answered_well.last(last, START) is not None
