"""An endpoint that answers well in between is not parked, however many of its failures come at once. Attempts
that are under way side by side all begin with health that was read before, and a success of one that knew of
no failure is written nowhere."""

from dataclasses import replace
from random import Random

import pytest

from doorbell.domain.deliveries import Lease
from doorbell.domain.health import BREAKER_FAILURES, Circuit, Health
from doorbell.domain.outbound import Outcome
from doorbell.usecases.keep_health import KeepHealth
from doorbell.usecases.waiting import Waiting
from tests.support import fakes
from tests.support.builders import a_delivery, a_subscription
from tests.support.fakes import START, answered, failed

SUB = a_subscription()
CLAIMED = a_delivery(lease=Lease("l1", START + 30))
SIDE_BY_SIDE = 80
"""Eight environments with a batch of ten each."""


class Endpoint:
    def __init__(self) -> None:
        self.clock, self.endpoints = fakes.FakeClock(), fakes.FakeEndpoints()
        shelves, queue = fakes.FakeShelves(fakes.FakeDeliveries(fakes.Faults())), fakes.FakeDeliveriesQueue()
        waiting = Waiting(self.endpoints, shelves, queue, self.clock)
        notices, metrics = fakes.RecordingNotices(), fakes.RecordingMetrics()
        self.keep = KeepHealth(self.endpoints, waiting, notices, self.clock, metrics)

    def side_by_side(self, *outcomes: Outcome) -> None:
        """All begin now; they end some milliseconds after each other."""
        seen = self.health
        for outcome in outcomes:
            self.clock.advance(0.005)
            self.keep(CLAIMED, SUB, seen, outcome)

    @property
    def health(self) -> Health:
        return self.endpoints.health(SUB.endpoint_id)


@pytest.mark.parametrize("seed", range(5))
def test_who_fails_one_time_in_seven_is_not_parked_in_thousands_of_attempts(seed: int) -> None:
    """Where each failure counted, it was parked some ninety times."""
    endpoint, rng = Endpoint(), Random(seed)
    for _ in range(40):
        endpoint.side_by_side(
            *[answered(500 if rng.random() < 0.15 else 204) for _ in range(SIDE_BY_SIDE)]
        )  # fmt: skip
        assert endpoint.health.parked_until is None


def test_failures_side_by_side_are_one_step_of_the_row_and_five_steps_park() -> None:
    endpoint = Endpoint()
    for step in range(1, BREAKER_FAILURES):
        endpoint.side_by_side(*[answered(500)] * SIDE_BY_SIDE)
        assert (endpoint.health.failures, endpoint.health.parked_until) == (step, None)
    endpoint.side_by_side(*[answered(500)] * SIDE_BY_SIDE)
    assert endpoint.health.circuit(endpoint.clock()) is Circuit.OPEN


def test_one_by_one_each_failure_counts() -> None:
    endpoint = Endpoint()
    for _ in range(BREAKER_FAILURES):
        endpoint.side_by_side(answered(500))
    assert endpoint.health.circuit(endpoint.clock()) is Circuit.OPEN


def test_a_success_that_knew_of_failures_ends_their_row_and_the_next_failure_is_the_first() -> None:
    endpoint = Endpoint()
    endpoint.side_by_side(answered(500))
    endpoint.side_by_side(answered(500))
    endpoint.side_by_side(answered(204), answered(500), answered(500))
    assert endpoint.health.failures == 1


def test_a_time_out_parks_at_once_whoever_knew_of_what() -> None:
    endpoint = Endpoint()
    endpoint.side_by_side(answered(500), failed("timeout"))
    assert endpoint.health.circuit(endpoint.clock()) is Circuit.OPEN


def test_a_probe_that_fails_parks_again_though_others_failed_since_it_began() -> None:
    endpoint = Endpoint()
    parked = Health(failures=BREAKER_FAILURES, failing_since=START - 60, parked_until=START - 1, parks=1)
    probing = replace(parked, probe_until=START + 30)
    assert endpoint.endpoints.write_health(SUB.endpoint_id, replace(probing, failures=BREAKER_FAILURES + 2))
    endpoint.keep(CLAIMED, SUB, probing, answered(500))
    assert (endpoint.health.parks, endpoint.health.failures) == (2, BREAKER_FAILURES + 3)
    assert endpoint.health.circuit(endpoint.clock()) is Circuit.OPEN
