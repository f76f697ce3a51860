"""Bugs of what goes to a target, and of what its answer means."""

from collections.abc import Callable
from itertools import count
from typing import Any

from doorbell.domain.targets import Arn, TargetRequest
from doorbell.targets import sqs
from doorbell.targets.sender import TargetSender
from tests.simulation.mutations import bug
from tests.simulation.target_queue import targets_of


@bug("targets: what is sent again bears another dedupe id", sqs, "fifo_ids")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    numbers = count()

    def mutant(request: TargetRequest, arn: Arn) -> Any:
        return sound(request, arn) | {"MessageDeduplicationId": str(next(numbers))}

    return mutant


@bug("targets: all of a subscription bear one dedupe id", sqs, "fifo_ids")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda request, arn: sound(request, arn) | {"MessageDeduplicationId": request.subscription_id}


@bug("targets: an answer that is lost is a success", TargetSender, "_called")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: TargetSender, *given: Any) -> Any:
        status, error, detail, told = sound(self, *given)
        return (200, None, "", told) if error is not None else (status, error, detail, told)

    return mutant


@bug("targets: a queue that is not there is tried again", TargetSender, "_answered", met_at=targets_of(138))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: TargetSender, *given: Any) -> Any:
        status, *rest = sound(self, *given)
        return (404 if status == 410 else status, *rest)

    return mutant
