"""Kinesis: the body is the record's data, byte for byte. A record has no place for headers."""

from collections.abc import Mapping
from typing import Any, Final

from doorbell.domain.target_keys import MAX_RECORD_KEY_CHARS
from doorbell.domain.targets import Arn, TargetRequest
from doorbell.targets.service import GONE, THROTTLED, Service

USUAL_BYTES: Final = 1_048_576
MAX_BYTES: Final = 10_485_760
"""A stream takes `USUAL_BYTES`, or what its maximum record size says, which is `MAX_BYTES` at most; of data
and partition key together. https://docs.aws.amazon.com/streams/latest/dev/large-records.html
https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html, and botocore's model of it."""


def what_goes(request: TargetRequest, arn: Arn) -> dict[str, Any]:
    key = request.key[:MAX_RECORD_KEY_CHARS]
    return {"StreamARN": arn.text, "PartitionKey": key, "Data": request.body}


def _size(parameters: Mapping[str, Any]) -> int:
    return len(parameters["Data"]) + len(parameters["PartitionKey"].encode())


def _call(client: Any, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = client.put_record(**parameters)
    return answer


def _too_large(code: str, size: int) -> str | None:
    """Kinesis has no code of its own for it."""
    if code not in ("InvalidArgumentException", "ValidationException") or size <= USUAL_BYTES:
        return None
    return f"a stream takes {USUAL_BYTES} bytes, unless its maximum record size says more"


KINESIS = Service(
    name="kinesis",
    operation="PutRecord",
    action="kinesis:PutRecord",
    most_bytes=MAX_BYTES,
    what_goes=what_goes,
    size=_size,
    call=_call,
    codes={
        "ResourceNotFoundException": GONE,
        "ProvisionedThroughputExceededException": THROTTLED,
        "LimitExceededException": THROTTLED,
    },
    too_large=_too_large,
)
