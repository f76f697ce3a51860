"""SQS: the body is the message, headers are its attributes."""

from collections.abc import Mapping
from typing import Any, Final

from doorbell.domain.targets import Arn, TargetRequest
from doorbell.targets.service import GONE, Service
from doorbell.targets.texts import attributes, fifo_ids, message_text, size_of_message

MAX_BYTES: Final = 1_048_576
"""Of body and attributes together.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html"""
_SUFFIXES: Final = {"aws-cn": "amazonaws.com.cn"}


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


SQS = Service(
    name="sqs",
    operation="SendMessage",
    action="sqs:SendMessage",
    most_bytes=MAX_BYTES,
    what_goes=what_goes,
    size=_size,
    call=_call,
    codes={"QueueDoesNotExist": GONE, "AWS.SimpleQueueService.NonExistentQueue": GONE},
)
"""The second code is that of the protocol before, which SQS still names to boto3."""
