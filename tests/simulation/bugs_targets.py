"""Bugs of what goes to a target, and of what its answer means."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any
from unittest.mock import Mock

from doorbell.domain.targets import Arn, TargetRequest
from doorbell.payloads import to_target
from doorbell.targets import answers, lambda_answer, large, sqs, state_machine
from doorbell.targets.answers import Answer
from doorbell.targets.large import LargeBodies
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
        answer = sound(self, *given)
        return Answer(200) if answer.error is not None else answer

    return mutant


@bug("targets: a target that is not there is tried again", TargetSender, "_called", met_at=targets_of(138))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: TargetSender, *given: Any) -> Any:
        answer = sound(self, *given)
        return replace(answer, status=404) if answer.status == 410 else answer

    return mutant


@bug("targets: an execution that is there is a failure", answers, "_status", met_at=targets_of(118))
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(service: Any, code: str, said: int) -> Any:
        return 400 if code == "ExecutionAlreadyExists" else sound(service, code, said)

    return mutant


@bug("targets: what is started again bears another name", state_machine, "name_of")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    numbers = count()
    return lambda request: f"{request.event_id}-{next(numbers)}"


@bug("targets: all objects of a subscription have one key", to_target, "_key")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda subscription, event, body: subscription.subscription_id


@bug("targets: a function that answers is a success, whatever it says", lambda_answer, "Said")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda status, *given, **more: sound(200, *given, **more)


@bug("targets: a pointer goes whose object was never written", LargeBodies, "written")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    def mutant(self: LargeBodies, request: TargetRequest, content: bytes) -> Any:
        nowhere = LargeBodies(lambda: Mock(), self.bucket)
        return sound(nowhere, request, content)

    return mutant


@bug("targets: an object that could not be written is taken for one that is there", large, "_THERE")
def _(sound: Any) -> Any:
    return "ThrottlingException"


@bug("targets: all that is too large for a subscription is one object", large, "key_of")
def _(sound: Callable[..., Any]) -> Callable[..., Any]:
    return lambda tenant_id, subscription_id, *rest: f"{tenant_id}/{subscription_id}"
