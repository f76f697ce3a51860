"""SNS: the body is the message, headers are its attributes."""

from collections.abc import Mapping
from typing import Any, Final

from doorbell.domain.targets import Arn, TargetRequest
from doorbell.targets.large import as_text, with_extended_pointer
from doorbell.targets.service import GONE, Service
from doorbell.targets.texts import attributes, fifo_ids, message_text, size_of_message

USUAL_BYTES: Final = 262_144
LEAST_BYTES: Final = 1024
MAX_BYTES: Final = 1_048_576
"""A topic takes `USUAL_BYTES`, or what its attribute MaximumMessageSize says, from `LEAST_BYTES` to
`MAX_BYTES`; of message and attributes together.
https://docs.aws.amazon.com/sns/latest/dg/large-message-payloads.html"""


def what_goes(request: TargetRequest, arn: Arn) -> dict[str, Any]:
    text, encoding = message_text(request.body)
    return {
        "TopicArn": arn.text,
        "Message": text,
        "MessageAttributes": attributes(request, encoding),
        **fifo_ids(request, arn),
    }


def _size(parameters: Mapping[str, Any]) -> int:
    return size_of_message(parameters["Message"], parameters["MessageAttributes"])


def _call(client: Any, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = client.publish(**parameters)
    return answer


def _too_large(code: str, size: int) -> str | None:
    """SNS has no code of its own for it; nothing else that goes can be a parameter that it finds wrong."""
    if code != "InvalidParameter" or size <= LEAST_BYTES:
        return None
    return f"a topic takes {USUAL_BYTES} bytes, unless its MaximumMessageSize says otherwise"


SNS = Service(
    name="sns",
    operation="Publish",
    action="sns:Publish",
    most_bytes=MAX_BYTES,
    what_goes=what_goes,
    size=_size,
    call=_call,
    codes={"NotFound": GONE, "NotFoundException": GONE},
    too_large=_too_large,
    kept=as_text,
    pointed=with_extended_pointer,
)
