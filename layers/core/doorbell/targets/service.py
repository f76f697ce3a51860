"""What the sender has to know of a service. Each is one file beside this one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from doorbell.domain.targets import Arn, TargetRequest

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
}
"""Codes that several services have.
https://docs.aws.amazon.com/awssupport/latest/APIReference/CommonErrors.html"""


@dataclass(frozen=True, slots=True)
class Service:
    """`operation` as it is on record, `action` as it is in a policy. `what_goes` makes the parameters of
    `call`, `size` counts what the service holds against `most_bytes`. `codes`: error codes → what they are
    put on record as, beside those of `EVERYWHERE`. `refused` is the code and the message of an answer that
    is no error to boto3 and took nothing; `too_large` the limit, where a code of many meanings means that."""

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
