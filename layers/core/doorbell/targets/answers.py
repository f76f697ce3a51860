"""What a service answered, as it is put on record."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError, ConnectionClosedError, ConnectTimeoutError, ReadTimeoutError

from doorbell.aws_errors import code_of
from doorbell.domain.outbound import MAX_DETAIL_CHARS, MAX_RESPONSE_TEXT_BYTES, ROLE, TARGET, Outcome
from doorbell.domain.targets import Arn
from doorbell.targets.service import DENIED, EVERYWHERE, GONE, NOT_NOW, TOO_LARGE, Service, Way

MAX_MESSAGE_CHARS = 150


@dataclass(frozen=True, slots=True)
class Answer:
    """Of a call that was made: `told` is what the response says beside service and operation."""

    status: int | None
    error: str | None = None
    detail: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)
    retry_after: str | None = None
    is_told: bool = False
    denied: str = ""

    def outcome(self, service: Service, took: int) -> Outcome:
        detail, response = self.detail[:MAX_DETAIL_CHARS], _response(service, self.told)
        return Outcome(
            self.status, self.error, detail, self.retry_after, response, took, None, self.is_told, self.denied
        )


def answered(service: Service, arn: Arn, way: Way, answer: Mapping[str, Any], size: int) -> Answer:
    refused = service.refused(answer)
    if refused is not None:
        return refusal(service, arn, way, answer, size, *refused)
    said = service.said(answer)
    told = {"request_id": answer.get("ResponseMetadata", {}).get("RequestId"), **said.told}
    return Answer(said.status, None, said.detail, told, said.retry_after)


def failed(service: Service, arn: Arn, way: Way, error: ClientError, size: int) -> Answer:
    found: Any = error.response
    message = str(found.get("Error", {}).get("Message", ""))
    return refusal(service, arn, way, found, size, code_of(error), message)


def refusal(
    service: Service, arn: Arn, way: Way, answer: Mapping[str, Any], size: int, code: str, message: str
) -> Answer:
    about = answer.get("ResponseMetadata", {})
    limit = service.too_large(code, size)
    said = int(about.get("HTTPStatusCode", 0))
    status = TOO_LARGE if limit is not None else _status(service, code, said)
    detail = f"{service.name}:{service.operation}: {code}"
    if status == TOO_LARGE:
        detail = too_large(service, size, limit or f"at most {service.most_bytes}")
    elif status == DENIED:
        detail = _denied(service, arn, way, code)
    elif status == GONE:
        detail = f"the target is not there: {code} for {arn.text}"
    told = {"request_id": about.get("RequestId"), "code": code, "message": _readable(message)}
    return Answer(status, None, detail, told, denied=TARGET if status == DENIED else "")


def not_assumed(way: Way, error: BaseException | None) -> Answer:
    """What went wrong before anything could be sent."""
    if not isinstance(error, ClientError):
        return lost("sts:AssumeRole", error)
    found: Any = error.response
    code, about = code_of(error), found.get("ResponseMetadata", {})
    message = _readable(str(found.get("Error", {}).get("Message", "")))
    told = {"request_id": about.get("RequestId"), "code": code, "message": message}
    status = EVERYWHERE.get(code, int(about.get("HTTPStatusCode", 0)))
    detail = f"sts:AssumeRole: {code} for {way.role_arn}"
    if status == DENIED:
        detail = (
            f"{code}: the dispatcher may not assume {way.role_arn}. See TargetRoleArns, and the role's trust "
            f"policy: its external id must be {way.external_id}"
        )
    # Never 410: a role that cannot be had says nothing of the target.
    status = status if 400 <= status <= 599 and status != GONE else NOT_NOW
    return Answer(status, None, detail, told, denied=ROLE if status == DENIED else "")


def lost(operation: str, error: BaseException | None) -> Answer:
    """No answer came. The error's text can hold what was sent."""
    return Answer(None, _kind(error), f"{operation}: {type(error).__name__}")


def too_large(service: Service, size: int, limit: str) -> str:
    return f"too large: {size} bytes, {service.name}:{service.operation} takes {limit}"


def _denied(service: Service, arn: Arn, way: Way, code: str) -> str:
    if way.role_arn is not None:
        return (
            f"{code}: the role {way.role_arn} may not {service.action} on {arn.text}. See its policies, the "
            "target's own, and that of its KMS key if it has one"
        )
    return (
        f"{code}: the dispatcher may not {service.action} on {arn.text}. See TargetArns, the "
        "target's own policy, and the policy of its KMS key if it has one"
    )


def _status(service: Service, code: str, said: int) -> int:
    known = service.codes.get(code, EVERYWHERE.get(code))
    if known is not None:
        return known
    if said == GONE:  # of a code that is not known: no reason to switch a subscription off
        return NOT_NOW
    return said if 300 <= said <= 599 else 400


def _kind(error: BaseException | None) -> str:
    """As the egress side calls it; what never left this process is a connection that failed."""
    if isinstance(error, ReadTimeoutError | ConnectTimeoutError):
        return "timeout"
    return "connection_lost" if isinstance(error, ConnectionClosedError) else "connect_failed"


def _response(service: Service, told: Mapping[str, Any]) -> str:
    whole = {"service": service.name, "operation": service.operation}
    whole |= {name: value for name, value in told.items() if value}
    return json.dumps(whole, ensure_ascii=False)[:MAX_RESPONSE_TEXT_BYTES]


def _readable(message: str) -> str:
    return "".join(one for one in message if one.isprintable())[:MAX_MESSAGE_CHARS]
