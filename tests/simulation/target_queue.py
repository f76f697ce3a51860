"""Histories whose subscriptions have a FIFO queue as their target: the real way to it, over a client of ours
that fails as subscribers do. An answer that is lost was a message that came."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Never

from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from doorbell.domain.outbound import OutboundRequest, Outcome
from doorbell.domain.targets import TargetPolicy, TargetRequest
from doorbell.targets.sender import TargetSender
from tests.simulation.story import Story, Target, story_of

DEDUPE = "message-deduplication-id"
"""What a queue knows a message by, shown to the watch as a header."""
ALL = TargetPolicy(arns=("*",), tenants=("default",))
CODES = {400: "InvalidMessageContents", 410: "QueueDoesNotExist", 429: "RequestThrottled"}
OF_URLS = ("drip", "names-busy")
LOST = {"timeout": ReadTimeoutError, "connection_lost": ConnectionClosedError}

type Transmit = Callable[[OutboundRequest], Outcome]


def targets_of(seed: int) -> Story:
    """What can go wrong with URLs, but for names and bodies that drip, with queues in their place."""
    story = story_of(seed)
    return replace(story, targets=tuple(map(_with_queue, story.targets)))


def _with_queue(target: Target) -> Target:
    behaviour = tuple((at, "ok" if what in OF_URLS else what) for at, what in target.behaviour)
    return replace(target, to_queue=True, behaviour=behaviour)


def sent_to_queue(transmit: Transmit, request: TargetRequest) -> Outcome:
    return TargetSender(ALL, lambda service, region: _Queue(transmit, request), lambda: 0.0).send(request)


@dataclass(frozen=True, slots=True)
class _Queue:
    transmit: Transmit
    request: TargetRequest

    def send_message(self, **message: Any) -> dict[str, Any]:
        told = (DEDUPE, str(message["MessageDeduplicationId"]))
        outcome = self.transmit(
            OutboundRequest(
                url=self.request.url,
                headers=(*self.request.headers, told),
                body=message["MessageBody"].encode(),
                timeout_seconds=self.request.timeout_seconds,
            )
        )
        if outcome.is_success:
            return {"MessageId": "m", "ResponseMetadata": {"HTTPStatusCode": 200}}
        _fail(outcome)


def _fail(outcome: Outcome) -> Never:
    if outcome.status is None:
        raise LOST.get(str(outcome.error), EndpointConnectionError)(endpoint_url="https://sqs")
    code = CODES.get(outcome.status, "InternalError")
    about = {"HTTPStatusCode": outcome.status}
    raise ClientError(
        {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": about},  # type: ignore[typeddict-item]
        "SendMessage",
    )
