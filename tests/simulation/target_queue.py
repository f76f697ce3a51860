"""Histories whose subscriptions have targets: the real way to each service, over a client of ours that fails
as subscribers do. An answer that is lost was a message that came."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import cycle
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
from doorbell.targets.service import Way
from tests.simulation.story import Story, Target, story_of

DEDUPE = "message-deduplication-id"
"""What a service knows a message by, shown to the watch as a header."""
ALL = TargetPolicy(arns=("*",), tenants=("default",))
HERE = "eu-central-1:123456789012"
KINDS = {
    "sqs": f"arn:aws:sqs:{HERE}:{{}}.fifo",
    "states": f"arn:aws:states:{HERE}:stateMachine:{{}}",
    "s3": "arn:aws:s3:::a-bucket/{}/",
    "kinesis": f"arn:aws:kinesis:{HERE}:stream/{{}}",
    "firehose": f"arn:aws:firehose:{HERE}:deliverystream/{{}}",
    "lambda": f"arn:aws:lambda:{HERE}:function:{{}}",
    "sns": f"arn:aws:sns:{HERE}:{{}}.fifo",
    "events": f"arn:aws:events:{HERE}:event-bus/{{}}",
}
SYNC = "lambda-sync"
"""As the story calls a function whose answer is waited for."""
GONE = {
    "sqs": "QueueDoesNotExist", "states": "StateMachineDoesNotExist", "s3": "NoSuchBucket", "sns": "NotFound"
}  # fmt: skip
CODES = {400: "InvalidMessageContents", 429: "ThrottlingException"}
OF_URLS = ("drip", "names-busy")
LOST = {"timeout": ReadTimeoutError, "connection_lost": ConnectionClosedError}

type Transmit = Callable[[OutboundRequest], Outcome]


def targets_of(seed: int) -> Story:
    """What can go wrong with URLs, but for names and bodies that drip, with services in their place."""
    story = story_of(seed)
    kinds = [*KINDS, SYNC]
    turns = cycle(kinds[seed % len(kinds) :] + kinds[: seed % len(kinds)])
    return replace(
        story, targets=tuple(_with(kind, one) for kind, one in zip(turns, story.targets, strict=False))
    )


def _with(kind: str, target: Target) -> Target:
    behaviour = tuple((at, "ok" if what in OF_URLS else what) for at, what in target.behaviour)
    return replace(target, kind=kind, behaviour=behaviour)


def place_of(kind: str, called: str) -> dict[str, str]:
    """The fields of a subscription."""
    if kind == SYNC:
        return {"target": KINDS["lambda"].format(called), "invoke": "sync"}
    return {"target": KINDS[kind].format(called)}


def sent_to_target(transmit: Transmit, taken: set[str], request: TargetRequest) -> Outcome:
    """`taken`: the ids of what services have that know a second one by it."""

    def client_of(way: Way) -> "_Service":
        return _Service(transmit, taken, request)

    return TargetSender(ALL, client_of, lambda: 0.0).send(request)


@dataclass(frozen=True, slots=True)
class _Service:
    """A client of all services at once: an answer of each, or a failure as each has it."""

    transmit: Transmit
    taken: set[str]
    request: TargetRequest

    def send_message(self, **message: Any) -> dict[str, Any]:
        return self._sent(message["MessageBody"].encode(), message["MessageDeduplicationId"])

    def publish(self, **message: Any) -> dict[str, Any]:
        return self._sent(message["Message"].encode(), message["MessageDeduplicationId"])

    def put_object(self, **given: Any) -> dict[str, Any]:
        return self._sent(given["Body"], given["Key"].partition("/")[2])

    def put_record(self, **given: Any) -> dict[str, Any]:
        return self._sent(given["Record"]["Data"] if "Record" in given else given["Data"])

    def put_events(self, **given: Any) -> dict[str, Any]:
        """Entries fail, and the call does not."""
        try:
            return {"Entries": [self._sent(given["Entries"][0]["Detail"].encode())]}
        except ClientError as error:
            entry = {"ErrorCode": error.response["Error"]["Code"], "ErrorMessage": ""}
            return {**error.response, "Entries": [entry]}

    def start_execution(self, **given: Any) -> dict[str, Any]:
        """A name is one execution's: who is second is told so."""
        known = given["name"] in self.taken
        answer = self._sent(given["input"].encode(), given["name"])
        if known:
            _refuse("ExecutionAlreadyExists", 400)
        return answer

    def invoke(self, **given: Any) -> dict[str, Any]:
        body = json.loads(given["Payload"])["body"].encode()
        if given["InvocationType"] == "Event":
            return self._sent(body)
        outcome = self._transmitted(body, None)
        _fail_without_answer(outcome)
        said = b'{"statusCode": %d, "headers": {"Retry-After": "%s"}}' % (
            outcome.status or 0,
            (outcome.retry_after or "0").encode(),
        )
        return {"StatusCode": 200, "Payload": BytesIO(said)}

    def _sent(self, body: bytes, known_as: str | None = None) -> dict[str, Any]:
        outcome = self._transmitted(body, known_as)
        _fail_without_answer(outcome)
        if outcome.is_success:
            return {"MessageId": "m", "ResponseMetadata": {"HTTPStatusCode": 200}}
        status = outcome.status or 0
        gone = GONE.get(self.request.url.split(":")[2], "ResourceNotFoundException")
        _refuse(gone if status == 410 else CODES.get(status, "InternalError"), status)

    def _transmitted(self, body: bytes, known_as: str | None) -> Outcome:
        request = self.request
        told = () if known_as is None else ((DEDUPE, known_as),)
        headers = (*request.headers, *told)
        sent = OutboundRequest(request.url, headers, body, request.timeout_seconds)
        outcome = self.transmit(sent)
        if known_as is not None and (outcome.is_success or outcome.error in LOST):
            self.taken.add(known_as)
        return outcome


def _fail_without_answer(outcome: Outcome) -> None:
    if outcome.status is None:
        raise LOST.get(str(outcome.error), EndpointConnectionError)(endpoint_url="https://service")


def _refuse(code: str, status: int) -> Never:
    about = {"HTTPStatusCode": status}
    raise ClientError(
        {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": about},  # type: ignore[typeddict-item]
        "Send",
    )
