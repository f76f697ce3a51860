"""The sender of deliveries to targets: a request in, an Outcome out. It never raises.

An outcome's status is what an HTTPS subscriber would have said, so that everything that looks at outcomes
treats both alike. Its response is JSON: service, operation, request id, and the error's code and message or
the id that the service gave.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    HTTPClientError,
    ReadTimeoutError,
)

from doorbell.aws_errors import code_of
from doorbell.domain.outbound import MAX_DETAIL_CHARS, MAX_RESPONSE_TEXT_BYTES, Outcome
from doorbell.domain.targets import Arn, TargetPolicy, TargetRequest, parse
from doorbell.targets.eventbridge import EVENTBRIDGE
from doorbell.targets.lambda_function import LAMBDA
from doorbell.targets.listening import LISTENER
from doorbell.targets.service import DENIED, EVERYWHERE, GONE, NOT_NOW, TOO_LARGE, Service
from doorbell.targets.sns import SNS
from doorbell.targets.sqs import SQS

SERVICES = {service.name: service for service in (SQS, SNS, EVENTBRIDGE, LAMBDA)}
REFUSED = "target_refused"
"""Nothing was sent: the stack's parameters do not allow it."""
MAX_MESSAGE_CHARS = 150
IDS = ("MessageId", "EventId")


class TargetSender:
    """`client_of` gives a service's client in a region: no retries of its own, and time-outs that fit in
    `TIMEOUT_SECONDS`. Thread-safe as boto3's clients are."""

    def __init__(
        self,
        policy: TargetPolicy,
        client_of: Callable[[str, str], Any],
        clock: Callable[[], float],
    ) -> None:
        self._policy, self._client_of, self._clock = policy, client_of, clock

    def send(self, request: TargetRequest) -> Outcome:
        started = self._clock()
        arn = parse(request.url)
        problem = self._policy.problem_with(request.url, request.tenant_id, request.subscription_id)
        if isinstance(arn, str) or problem is not None:
            return _outcome(None, REFUSED, f"{request.url}: {problem or arn}", "", 0)
        service = LISTENER if self._policy.listens(arn) else SERVICES[arn.service]
        parameters = service.what_goes(request, arn)
        size = service.size(parameters)
        if size > service.most_bytes:
            return _outcome(TOO_LARGE, None, _limit(service, size, f"at most {service.most_bytes}"), "", 0)
        status, error, detail, told = self._called(service, arn, parameters, size)
        took = round((self._clock() - started) * 1000)
        return _outcome(status, error, detail, _response(service, told), took)

    def _called(
        self, service: Service, arn: Arn, parameters: Mapping[str, Any], size: int
    ) -> tuple[int | None, str | None, str, Mapping[str, Any]]:
        """Status, error, detail, and what is told of the answer."""
        try:
            answer = service.call(self._client_of(service.name, arn.region), parameters)
        except ClientError as error:
            found: Any = error.response
            message = str(found.get("Error", {}).get("Message", ""))
            return self._answered(service, arn, found, size, (code_of(error), message))
        except (BotoCoreError, HTTPClientError) as error:  # its text can hold what was sent
            kind = _kind(error)
            return None, kind, f"{service.name}:{service.operation}: {type(error).__name__}", {}
        return self._answered(service, arn, answer, size, service.refused(answer))

    def _answered(
        self,
        service: Service,
        arn: Arn,
        answer: Mapping[str, Any],
        size: int,
        refused: tuple[str, str] | None,
    ) -> tuple[int, None, str, Mapping[str, Any]]:
        about = answer.get("ResponseMetadata", {})
        told = {"request_id": about.get("RequestId")}
        said = int(about.get("HTTPStatusCode", 0))
        if refused is None:
            entry = (answer.get("Entries") or [answer])[0]
            told["id"] = next((entry[name] for name in IDS if name in entry), None)
            return (said if 200 <= said <= 299 else 200), None, "", told
        code, message = refused
        limit = service.too_large(code, size)
        status = TOO_LARGE if limit is not None else _status(service, code, said)
        detail = f"{service.name}:{service.operation}: {code}"
        if status == TOO_LARGE:
            detail = _limit(service, size, limit or f"at most {service.most_bytes}")
        elif status == DENIED:
            detail = (
                f"{code}: the dispatcher may not {service.action} on {arn.text}. See TargetArns, the "
                "target's own policy, and the policy of its KMS key if it has one"
            )
        elif status == GONE:
            detail = f"the target is not there: {code} for {arn.text}"
        return status, None, detail, {**told, "code": code, "message": _readable(message)}


def _status(service: Service, code: str, said: int) -> int:
    known = service.codes.get(code, EVERYWHERE.get(code))
    if known is not None:
        return known
    if said == GONE:  # of a code that is not known: no reason to switch a subscription off
        return NOT_NOW
    return said if 300 <= said <= 599 else 400


def _kind(error: Exception) -> str:
    """As the egress side calls it; what never left this process is a connection that failed."""
    if isinstance(error, ReadTimeoutError | ConnectTimeoutError):
        return "timeout"
    return "connection_lost" if isinstance(error, ConnectionClosedError) else "connect_failed"


def _limit(service: Service, size: int, limit: str) -> str:
    return f"too large: {size} bytes, {service.name}:{service.operation} takes {limit}"


def _response(service: Service, told: Mapping[str, Any]) -> str:
    whole = {"service": service.name, "operation": service.operation}
    whole |= {name: value for name, value in told.items() if value}
    return json.dumps(whole, ensure_ascii=False)[:MAX_RESPONSE_TEXT_BYTES]


def _readable(message: str) -> str:
    return "".join(one for one in message if one.isprintable())[:MAX_MESSAGE_CHARS]


def _outcome(status: int | None, error: str | None, detail: str, response: str, took: int) -> Outcome:
    return Outcome(status, error, detail[:MAX_DETAIL_CHARS], None, response, took)
