"""Bodies and headers in the forms that services take."""

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any

from doorbell.domain import json_text
from doorbell.domain.targets import Arn, TargetRequest

ENCODING = "doorbell-body-encoding"
HOPS = "doorbell-hops"
LARGE = "doorbell-large"
"""Says that a pointer stands in the body's place, where a service has a place for headers."""
EXTENDED_SIZE = "ExtendedPayloadSize"
"""By this attribute extended clients know a pointer, so it goes before all others."""
SHA256 = "doorbell-body-sha256"
EMPTY = "-"
"""Stands for an empty body where a message has one character at least."""
MAX_ATTRIBUTES = 10
"""Of SQS, and of SNS where a queue gets its messages raw: with more they are thrown away.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
https://docs.aws.amazon.com/sns/latest/dg/SNSMessageAttributes.html"""
CLOUDEVENTS = "application/cloudevents+json"

_FIRST = (
    EXTENDED_SIZE,
    "webhook-id",
    "doorbell-event-id",
    "doorbell-event-type",
    "doorbell-source",
    "doorbell-attempt",
    "content-type",
    ENCODING,
    HOPS,
    "webhook-timestamp",
    "webhook-signature",
    SHA256,
)
_LEFT_OUT = {"user-agent"}
_NUMBERS = {EXTENDED_SIZE}
_NAME = re.compile(r"(?!aws\.|amazon\.)[a-z0-9_-][a-z0-9_.-]{0,255}(?<!\.)", re.IGNORECASE)
_CHARACTERS = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")
"""https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html"""


def is_text(text: str) -> bool:
    """Whether a message may be it, character by character."""
    return _CHARACTERS.fullmatch(text) is not None


def message_text(body: bytes) -> tuple[str, str | None]:
    """The body as the text of a message, and the encoding if it is not the body itself: `base64` for what is
    no text of allowed characters, `empty` for nothing at all."""
    if not body:
        return EMPTY, "empty"
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = ""
    return (text, None) if is_text(text) else (b64encode(body).decode(), "base64")


def attributes(request: TargetRequest, encoding: str | None) -> dict[str, dict[str, str]]:
    """As many headers as there is room for: Doorbell's own first, then the others in their order."""
    headers = with_hops(request)
    if encoding is not None:
        headers[ENCODING] = encoding
    own = [name for name in _FIRST if name in headers]
    names = [*own, *(name for name in headers if name not in own and name not in _LEFT_OUT)]
    fit = [name for name in names if _NAME.fullmatch(name) and ".." not in name and is_text(headers[name])]
    return {name: {"DataType": _kind(name), "StringValue": headers[name]} for name in fit[:MAX_ATTRIBUTES]}


def _kind(name: str) -> str:
    return "Number" if name in _NUMBERS else "String"


def with_hops(request: TargetRequest) -> dict[str, str]:
    """The headers, and how many parts of Doorbell the event has come through: an inbox counts on."""
    return {**dict(request.headers), HOPS: str(request.hops)}


def size_of_message(text: str, given: Mapping[str, Mapping[str, str]]) -> int:
    """In bytes: names, types and values of attributes count."""
    parts: Iterable[str] = (part for name, value in given.items() for part in (name, *value.values()))
    return len(text.encode()) + sum(len(part.encode()) for part in parts)


def fifo_ids(request: TargetRequest, arn: Arn) -> dict[str, str]:
    """What makes a second send one with the first, for five minutes: the event, for this subscription. Groups
    of one event each: nobody waits behind another."""
    if not arn.is_fifo:
        return {}
    return {
        "MessageDeduplicationId": f"{request.event_id}.{request.subscription_id}",
        "MessageGroupId": request.event_id,
    }


def as_json(body: bytes) -> Any:
    """Raises `ValueError`, also for numbers that no JSON has."""
    try:
        return json_text.loads_plain(body)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def is_cloudevent(request: TargetRequest) -> bool:
    if dict(request.headers).get("content-type") != CLOUDEVENTS:
        return False
    try:
        return isinstance(as_json(request.body), dict)
    except ValueError:
        return False


def packed(body: bytes) -> dict[str, Any]:
    """Text as it is, all else as base64, with a flag: as Lambda's own events have it.
    https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html"""
    try:
        return {"body": body.decode(), "isBase64Encoded": False}
    except UnicodeDecodeError:
        return {"body": b64encode(body).decode(), "isBase64Encoded": True}


def json_object(body: bytes) -> str:
    """A JSON object as it was written. What is another JSON value is put into one, under `body`; what is no
    JSON is base64 there, and the flag says so."""
    try:
        found = as_json(body)
    except ValueError:
        return json.dumps({"body": b64encode(body).decode(), "isBase64Encoded": True})
    text = body.decode("utf-8-sig")
    return text if isinstance(found, dict) else f'{{"body":{text},"isBase64Encoded":false}}'
