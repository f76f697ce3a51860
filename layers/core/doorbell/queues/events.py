"""The events queue, as ingest and publish write it: one SendMessage for each event."""

import json
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.events import BodyAt, VerifiedEvent


def encode(event: VerifiedEvent, body: BodyAt) -> str:
    """The message's text; `EventEnvelope` reads it."""
    message = {
        "v": 1,
        "ingest_id": event.ingest_id,
        "event_id": event.event_id,
        "tenant_id": event.tenant_id,
        "source_id": event.source_id,
        "provider": event.provider,
        "event_type": event.event_type,
        "window": event.dedupe_window_seconds,
        "received_at": event.received_at,
        "content_type": event.content_type,
        "headers": dict(event.headers),
        "size": body.size,
    }
    if body.inline is not None:
        message["body"] = b64encode(body.inline).decode()
    else:
        message["body_key"] = body.key
    return json.dumps(message, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class EventsQueueWriter:
    """Takes a `VerifiedEvent` and nothing else."""

    client: Any
    queue_url: str

    def send(self, event: VerifiedEvent, body: BodyAt) -> None:
        if not isinstance(event, VerifiedEvent):
            raise TypeError("only a VerifiedEvent can be enqueued")
        with translated("sqs", "SendMessage"):
            self.client.send_message(QueueUrl=self.queue_url, MessageBody=encode(event, body))
