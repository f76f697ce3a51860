"""Bugs of what is tried again after which failure, and of what counts against an endpoint."""

from collections.abc import Callable
from typing import Any

from doorbell.domain import health, transitions
from doorbell.domain.outbound import Outcome
from doorbell.domain.retry import RetryPolicy
from tests.simulation.mutations import bug
from tests.simulation.story import story_of


@bug("retry: goes on after what the subscription gives up on", transitions, "gives_up")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda policy, outcome: False


@bug("retry: gives up on what is to be tried again, not on the others", transitions, "gives_up")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(policy: RetryPolicy, outcome: Outcome) -> bool:
        return bool(sound(policy, outcome)) != bool(policy.only_on)

    return mutant


@bug("retry: a class is no kind of failure", transitions, "gives_up")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(policy: RetryPolicy, outcome: Outcome) -> bool:
        kinds = {str(outcome.status)} if outcome.status else {outcome.error}
        return bool(kinds & {*policy.give_up_on})

    return mutant


@bug(
    "breaker: what is said of one event counts against the endpoint",
    health,
    "speaks_of_endpoint",
    met_at=story_of(18),
)
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda outcome, ignores: outcome.error not in health.OWN_FAULTS
