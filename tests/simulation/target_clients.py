"""The real way to each service, over a client of ours that fails as subscribers do. An answer that is lost
was a message that came."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
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
from doorbell.targets.together import SharedSender
from tests.simulation.kept_bodies import MOST_BYTES, KeptBodies
from tests.simulation.shared_calls import Shared, TransmitAll
from tests.simulation.target_queue import DEDUPE, TOO_LARGE

ALL = TargetPolicy(arns=("*",), tenants=("default",))
GONE = {
    "sqs": "QueueDoesNotExist", "states": "StateMachineDoesNotExist", "s3": "NoSuchBucket", "sns": "NotFound"
}  # fmt: skip
CODES: dict[int | None, str] = {400: "InvalidMessageContents", 429: "ThrottlingException"}
OF_ENTRIES = {**CODES, 503: "ServiceUnavailable"}
LOST = {"timeout": ReadTimeoutError, "connection_lost": ConnectionClosedError}


type Transmit = Callable[[OutboundRequest], Outcome]


@dataclass(frozen=True, slots=True)
class Targets:
    """`taken`: the ids of what services have that know a second one by it. `kept`: what pointers point at."""

    transmit: Transmit
    transmit_all: TransmitAll
    taken: set[str]
    kept: KeptBodies


def sent_to_target(targets: Targets, request: TargetRequest, shared: Shared | None) -> Outcome:
    def client_of(way: Way) -> "_Service":
        return _Service(targets, request, shared)

    sender = TargetSender(ALL, client_of, lambda: 0.0, bodies=targets.kept.bucket())
    if shared is None:
        return sender.send(request)
    shared.wait_with(request)
    try:
        return SharedSender(sender, shared.company).send(request)
    finally:
        shared.forget(request)


@dataclass(frozen=True, slots=True)
class _Service:
    """A client of all services at once: an answer of each, or a failure as each has it."""

    targets: Targets
    request: TargetRequest
    shared: Shared | None

    def send_message_batch(self, **given: Any) -> dict[str, Any]:
        return _by_id(self._sent_together([(e["MessageBody"], e) for e in given["Entries"]]))

    def publish_batch(self, **given: Any) -> dict[str, Any]:
        return _by_id(self._sent_together([(e["Message"], e) for e in given["PublishBatchRequestEntries"]]))

    def put_records(self, **given: Any) -> dict[str, Any]:
        return {"Records": self._in_order([e["Data"] for e in given["Records"]])}

    def put_record_batch(self, **given: Any) -> dict[str, Any]:
        return {"RequestResponses": self._in_order([e["Data"] for e in given["Records"]])}

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
        if len(given["Entries"]) > 1:
            return {"Entries": self._in_order([entry["Detail"].encode() for entry in given["Entries"]])}
        try:
            return {"Entries": [self._sent(given["Entries"][0]["Detail"].encode())]}
        except ClientError as error:
            entry = {"ErrorCode": error.response["Error"]["Code"], "ErrorMessage": ""}
            return {**error.response, "Entries": [entry]}

    def start_execution(self, **given: Any) -> dict[str, Any]:
        """A name is one execution's: who is second is told so."""
        known = given["name"] in self.targets.taken
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

    def _in_order(self, bodies: Sequence[bytes]) -> list[dict[str, Any]]:
        codes = self._sent_together([(body, {}) for body in bodies])
        return [{"RecordId": "m"} if code is None else {"ErrorCode": code} for code in codes]

    def _sent_together(self, entries: Sequence[tuple[str | bytes, dict[str, Any]]]) -> list[str | None]:
        """For each the code of its failure."""
        datas = [body.encode() if isinstance(body, str) else body for body, _ in entries]
        codes: list[str | None] = [self._too_large(data) for data in datas]
        taken = [n for n, code in enumerate(codes) if code is None]
        if taken:
            fit = [(datas[n], entries[n][1].get("MessageDeduplicationId")) for n in taken]
            for n, code in zip(taken, self._taken_together(fit), strict=True):
                codes[n] = code
        return codes

    def _taken_together(self, entries: Sequence[tuple[bytes, str | None]]) -> list[str | None]:
        """Of those that are not too large."""
        assert self.shared is not None
        parcels, known = [], [known_as for _, known_as in entries]
        for data, known_as in entries:
            worker, request = self.shared.parcel(self.request.url, data)
            told = () if known_as is None else ((DEDUPE, known_as),)
            headers, patience = (*request.headers, *told), request.timeout_seconds
            parcels.append((worker, OutboundRequest(request.url, headers, data, patience)))
        outcomes = self.targets.transmit_all(parcels)
        if outcomes is None:
            _refuse("InvalidParameterValue", 400)
        for known_as, outcome in zip(known, outcomes, strict=True):
            if known_as is not None and (outcome.is_success or outcome.error in LOST):
                self.targets.taken.add(known_as)
        _fail_without_answer(outcomes[0])
        if outcomes[0].status == 410:
            self._fail(410)
        return [None if one.is_success else OF_ENTRIES.get(one.status, "InternalError") for one in outcomes]

    def _sent(self, body: bytes, known_as: str | None = None) -> dict[str, Any]:
        outcome = self._transmitted(body, known_as)
        _fail_without_answer(outcome)
        if outcome.is_success:
            return {"MessageId": "m", "ResponseMetadata": {"HTTPStatusCode": 200}}
        self._fail(outcome.status or 0)

    def _too_large(self, body: bytes) -> str | None:
        """The code that says so."""
        is_large = self.request.large and len(body) > MOST_BYTES
        return TOO_LARGE[self.request.url.split(":")[2]] if is_large else None

    def _fail(self, status: int) -> Never:
        gone = GONE.get(self.request.url.split(":")[2], "ResourceNotFoundException")
        _refuse(gone if status == 410 else CODES.get(status, "InternalError"), status)

    def _transmitted(self, body: bytes, known_as: str | None) -> Outcome:
        request = self.request
        code = self._too_large(body)
        if code is not None:
            _refuse(code, 400)
        body = self.targets.kept.behind(body)
        told = () if known_as is None else ((DEDUPE, known_as),)
        headers = (*request.headers, *told)
        sent = OutboundRequest(request.url, headers, body, request.timeout_seconds)
        outcome = self.targets.transmit(sent)
        if known_as is not None and (outcome.is_success or outcome.error in LOST):
            self.targets.taken.add(known_as)
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


def _by_id(codes: Sequence[str | None]) -> dict[str, Any]:
    """The last comes first: the order says nothing."""
    found = [(str(n), code) for n, code in enumerate(codes)][::-1]
    return {
        "Successful": [{"Id": n, "MessageId": "m"} for n, code in found if code is None],
        "Failed": [
            {"Id": n, "Code": code, "SenderFault": code in CODES.values()}
            for n, code in found
            if code is not None
        ],
    }
