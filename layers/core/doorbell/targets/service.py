"""What the sender has to know of a service. Each is one file beside this one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from doorbell.domain.large import Pointer
from doorbell.domain.targets import Arn, TargetRequest
from doorbell.targets.large import as_it_is, with_pointer

ANSWER_SECONDS = 5
"""Of a service that only takes what it gets; connecting has two more."""
THROTTLED, GONE, DENIED, TOO_LARGE, NOT_NOW = 429, 410, 403, 413, 503
"""What an answer is put on record as: what an HTTPS subscriber would have said."""
EVERYWHERE = {
    "Throttling": THROTTLED,
    "ThrottlingException": THROTTLED,
    "Throttled": THROTTLED,
    "ThrottledException": THROTTLED,
    "RequestThrottled": THROTTLED,
    "RequestLimitExceeded": THROTTLED,
    "TooManyRequestsException": THROTTLED,
    "AccessDenied": DENIED,
    "AccessDeniedException": DENIED,
    "AuthorizationError": DENIED,
    "KMSAccessDenied": DENIED,
    "KMSAccessDeniedException": DENIED,
    "KmsAccessDenied": DENIED,
    "KMS.AccessDeniedException": DENIED,
    "KMSThrottling": THROTTLED,
    "KmsThrottled": THROTTLED,
    "KMS.ThrottlingException": THROTTLED,
    "ServiceUnavailable": NOT_NOW,
    "KmsAccessDeniedException": DENIED,
    "KmsThrottlingException": THROTTLED,
    "KMSThrottlingException": THROTTLED,
}
"""Codes that several services have.
https://docs.aws.amazon.com/awssupport/latest/APIReference/CommonErrors.html"""


IDS = ("MessageId", "EventId", "executionArn", "SequenceNumber", "RecordId", "ETag")


@dataclass(frozen=True, slots=True)
class Way:
    """How a client gets to a service. `region` "" = the dispatcher's own, `seconds` for an answer; `role_arn`
    is assumed with `external_id`, None = as the dispatcher itself."""

    api: str
    region: str
    seconds: int = ANSWER_SECONDS
    role_arn: str | None = None
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What an answer that was no refusal comes to; `told` goes into the response beside the request id."""

    status: int
    detail: str = ""
    retry_after: str | None = None
    told: Mapping[str, Any] = field(default_factory=dict)


def taken(answer: Mapping[str, Any]) -> Said:
    status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    entry = (answer.get("Entries") or [answer])[0]
    found = next((entry[name] for name in IDS if name in entry), None)
    return Said(status if 200 <= status <= 299 else 200, told={"id": found})


@dataclass(frozen=True, slots=True)
class Service:
    """`name` as it is in an ARN, `operation` as it is on record, `action` as it is in a policy, `api` as
    boto3 calls the client where that is not `name`. `what_goes` makes the parameters of `call`, `size` counts
    what the service holds against `most_bytes`. `codes`: error codes → what they are put on record as, beside
    those of `EVERYWHERE`. `refused` is the code and the message of an answer that is no error to boto3 and
    took nothing; `too_large` the limit, where a code of many meanings means that; `said` what any other
    answer comes to. Of what is too large, `kept` is what its object holds, and `pointed` what goes instead;
    None: nothing does."""

    name: str
    operation: str
    action: str
    most_bytes: int
    what_goes: Callable[[TargetRequest, Arn], Mapping[str, Any]]
    size: Callable[[Mapping[str, Any]], int]
    call: Callable[[Any, Mapping[str, Any]], Mapping[str, Any]]
    codes: Mapping[str, int]
    too_large: Callable[[str, int], str | None] = lambda code, size: None
    refused: Callable[[Mapping[str, Any]], tuple[str, str] | None] = lambda answer: None
    said: Callable[[Mapping[str, Any]], Said] = taken
    api: str = ""
    kept: Callable[[TargetRequest], bytes] = as_it_is
    pointed: Callable[[TargetRequest, Pointer], TargetRequest] | None = with_pointer

    @property
    def client_name(self) -> str:
        return self.api or self.name
