"""Firehose: the body is the record, byte for byte. A record has no place for headers, and nothing is put
between records: `AppendDelimiterToRecord` is the stream's own."""

from collections.abc import Mapping
from typing import Any, Final

from doorbell.domain.targets import Arn, TargetRequest
from doorbell.targets.service import GONE, THROTTLED, Service

MAX_BYTES: Final = 1_024_000
"""Of a record before it is base64, as botocore's model of `Record` says too.
https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecord.html"""


def what_goes(request: TargetRequest, arn: Arn) -> dict[str, Any]:
    """By its name: Firehose knows no ARN here, so account and region are those of the caller."""
    return {"DeliveryStreamName": arn.resource.partition("/")[2], "Record": {"Data": request.body}}


def _size(parameters: Mapping[str, Any]) -> int:
    return len(parameters["Record"]["Data"])


def _call(client: Any, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = client.put_record(**parameters)
    return answer


FIREHOSE = Service(
    name="firehose",
    operation="PutRecord",
    action="firehose:PutRecord",
    most_bytes=MAX_BYTES,
    what_goes=what_goes,
    size=_size,
    call=_call,
    codes={"ResourceNotFoundException": GONE, "ServiceUnavailableException": THROTTLED},
)
"""The second is how Firehose says that a stream gets more than it takes: "throughput limits may have been
exceeded for the Firehose stream"."""
