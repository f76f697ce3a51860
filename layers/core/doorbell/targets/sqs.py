"""SQS: the body is the message, headers are its attributes."""

from collections.abc import Mapping
from typing import Any, Final

from doorbell.domain.targets import Arn, TargetRequest
from doorbell.targets.large import as_text, with_extended_pointer
from doorbell.targets.service import GONE, Service
from doorbell.targets.texts import attributes, fifo_ids, message_text, size_of_message

MAX_BYTES: Final = 1_048_576
"""Of body and attributes together.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html"""
LEAST_BYTES: Final = 1024
"""What a queue's own limit, its MaximumMessageSize, is at least. A queue that was made when 262,144 were the
most keeps that until somebody raises it.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html"""
_SUFFIXES: Final = {
    "aws-cn": "amazonaws.com.cn",
    "aws-eusc": "amazonaws.eu",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
    "aws-iso-e": "cloud.adc-e.uk",
    "aws-iso-f": "csp.hci.ic.gov",
}


def what_goes(request: TargetRequest, arn: Arn) -> dict[str, Any]:
    text, encoding = message_text(request.body)
    return {
        "QueueUrl": queue_url(arn),
        "MessageBody": text,
        "MessageAttributes": attributes(request, encoding),
        **fifo_ids(request, arn),
    }


def queue_url(arn: Arn) -> str:
    suffix = _SUFFIXES.get(arn.partition, "amazonaws.com")
    return f"https://sqs.{arn.region}.{suffix}/{arn.account}/{arn.resource}"


def _size(parameters: Mapping[str, Any]) -> int:
    return size_of_message(parameters["MessageBody"], parameters["MessageAttributes"])


def _call(client: Any, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = client.send_message(**parameters)
    return answer


def _too_large(code: str, size: int) -> str | None:
    """SQS has no code of its own for it; nothing else that goes can be a value that it finds wrong."""
    if code not in ("InvalidParameterValue", "InvalidParameterValueException") or size <= LEAST_BYTES:
        return None
    return "a queue takes what its MaximumMessageSize says"


SQS = Service(
    name="sqs",
    operation="SendMessage",
    action="sqs:SendMessage",
    most_bytes=MAX_BYTES,
    what_goes=what_goes,
    size=_size,
    call=_call,
    codes={"QueueDoesNotExist": GONE, "AWS.SimpleQueueService.NonExistentQueue": GONE},
    too_large=_too_large,
    kept=as_text,
    pointed=with_extended_pointer,
)
"""The second code is that of the protocol before, which SQS still names to boto3."""
