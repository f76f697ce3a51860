"""A listener's queue: the whole request of a delivery in an envelope, for `doorbell listen --forward`.

Attributes of a message would carry neither all headers nor the largest bodies. The envelope is JSON, in
ASCII; a body that does not fit stays behind, and the listener makes it of the event, which is on record and
whose large body lies in the bucket: with its operator's own credentials, for as long as the event is kept. A
signed link would end with the session of the function that made it, long before the queue does. The digest
says whether it is the same body.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from doorbell.domain.targets import Arn, TargetRequest
from doorbell.targets.service import Service
from doorbell.targets.sqs import MAX_BYTES, SQS, queue_url

WHAT: Final = "doorbell-listen"
VERSION: Final = 1


class NoEnvelope(ValueError):
    """A message that no dispatcher put there, or one that is newer than its reader."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """`body` None: it did not fit. `digest`: its SHA-256, in hexadecimal."""

    event_id: str
    event_type: str
    source_id: str
    method: str
    headers: tuple[tuple[str, str], ...]
    size: int
    digest: str
    body: bytes | None


def sealed(request: TargetRequest) -> str:
    whole: dict[str, Any] = {
        "what": WHAT,
        "version": VERSION,
        "event_id": request.event_id,
        "event_type": request.event_type,
        "source_id": request.source_id,
        "method": request.method,
        "headers": [list(header) for header in request.headers],
        "size": len(request.body),
        "sha256": sha256(request.body).hexdigest(),
    }
    fits = len(_text(whole)) + len(',"body":""') + -(-len(request.body) // 3) * 4 <= MAX_BYTES
    return _text({**whole, "body": b64encode(request.body).decode()} if fits else whole)


def opened(text: str) -> Envelope:
    """Raises `NoEnvelope`."""
    try:
        found = json.loads(text)
        if found["what"] != WHAT or found["version"] != VERSION:
            raise NoEnvelope("not an envelope that this version of doorbell can open")
        body = b64decode(found["body"], validate=True) if "body" in found else None
        return Envelope(
            str(found["event_id"]),
            str(found["event_type"]),
            str(found["source_id"]),
            str(found["method"]),
            tuple((str(name), str(value)) for name, value in found["headers"]),
            int(found["size"]),
            str(found["sha256"]),
            body,
        )
    except (KeyError, TypeError, RecursionError, ValueError) as error:
        if isinstance(error, NoEnvelope):
            raise
        raise NoEnvelope("not an envelope of Doorbell's dispatcher") from None


def _text(whole: Mapping[str, Any]) -> str:
    return json.dumps(whole, separators=(",", ":"))


def _what_goes(request: TargetRequest, arn: Arn) -> dict[str, Any]:
    return {"QueueUrl": queue_url(arn), "MessageBody": sealed(request)}


def _size(parameters: Mapping[str, Any]) -> int:
    return len(parameters["MessageBody"])


LISTENER = Service(
    name=SQS.name,
    operation=SQS.operation,
    action=SQS.action,
    most_bytes=MAX_BYTES,
    what_goes=_what_goes,
    size=_size,
    call=SQS.call,
    codes=SQS.codes,
    too_large=SQS.too_large,
    pointed=None,
)
