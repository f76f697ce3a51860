"""The events queue, as ingest and publish write it: one SendMessage for each event; those of one body share
calls."""

import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from doorbell.aws_errors import translated
from doorbell.domain.events import BodyAt, VerifiedEvent

if TYPE_CHECKING:
    from doorbell.queues.batches import Entry, Pool

MAX_BATCH_BYTES = 256 * 1024
"""Of all messages in a call, as it was for most of SQS's life; 1 MiB today.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html"""


def encode(event: VerifiedEvent, body: BodyAt) -> str:
    """The message's text; `EventEnvelope` reads it."""
    message: dict[str, Any] = {
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
    if event.event_types:  # what few have is left out: the release before does not know these fields
        message["event_types"] = event.event_types
    if event.element is not None:
        message["element"] = event.element
    if event.former_id is not None:
        message["former_id"] = event.former_id
    if event.fetched:
        message["fetched"] = event.fetched
    if event.hops:
        message["hops"] = event.hops
    if body.inline is not None:
        message["body"] = b64encode(body.inline).decode()
    else:
        message["body_key"] = body.key
    return json.dumps(message, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class EventsQueueWriter:
    """Takes a `VerifiedEvent` and nothing else. `pool` sends the batches of one body; None: threads, made
    when they are first needed."""

    client: Any
    queue_url: str
    pool: "Pool | None" = None

    def send_all(self, events: Sequence[tuple[VerifiedEvent, BodyAt]]) -> None:
        """Raises `Unavailable` when any was not taken; others may have been."""
        if not all(isinstance(event, VerifiedEvent) for event, _ in events):
            raise TypeError("only a VerifiedEvent can be enqueued")
        from doorbell.queues.batches import Batches  # only for sources that split

        batches = list(_batches([encode(event, body) for event, body in events]))
        Batches(self.client, self.queue_url, lambda: self.pool or _threads()).send(batches)

    def send(self, event: VerifiedEvent, body: BodyAt) -> None:
        if not isinstance(event, VerifiedEvent):
            raise TypeError("only a VerifiedEvent can be enqueued")
        with translated("sqs", "SendMessage"):
            self.client.send_message(QueueUrl=self.queue_url, MessageBody=encode(event, body))


def _batches(messages: Sequence[str]) -> "Iterator[list[Entry]]":
    from doorbell.queues.batches import SQS_BATCH

    batch: list[Entry] = []
    size = 0
    for message in messages:
        if batch and (len(batch) == SQS_BATCH or size + len(message) > MAX_BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append({"Id": str(len(batch)), "MessageBody": message})
        size += len(message)  # ASCII: a character is a byte
    yield batch


@cache
def _threads() -> "Pool":
    from concurrent.futures import ThreadPoolExecutor

    from doorbell.queues.batches import SIDE_BY_SIDE

    return ThreadPoolExecutor(SIDE_BY_SIDE)
