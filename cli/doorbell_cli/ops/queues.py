"""The queues as an operator sees them: how many messages, and the dead-letter queues' way back."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from doorbell.queues.depths import all_of
from doorbell_cli.target import Target

DEAD_LETTERS = {
    "events": "EventsDeadLetter",
    "deliveries": "DeliveriesDeadLetter",
    "inbox": "InboxDeadLetter",
    "scheduler": "SchedulerDeadLetter",
}
SOURCES = {"events": "Events", "deliveries": "Deliveries", "inbox": "Inbox"}
"""Where a dead-letter queue's messages came from. A missed sweep needs no way back: the next one is there."""

HIDE_SECONDS = 60
BATCH = 10


def dead_letters(target: Target) -> dict[str, str]:
    """Those that the stack has: an inbox has to be asked for."""
    return {name: queue for name, queue in DEAD_LETTERS.items() if f"{queue}QueueUrl" in target.outputs}


def depth(target: Target, name: str) -> int:
    """Messages in a queue: visible, in flight, delayed. SQS's figure is approximate for about a minute."""
    return all_of(target.client("sqs"), target.queue_url(name))


@dataclass(frozen=True, slots=True)
class Letter:
    body: str
    receives: int
    sent_at: float
    handle: str
    group: str | None


def letters(target: Target, name: str, limit: int, hide_seconds: int = HIDE_SECONDS) -> Iterator[Letter]:
    """Receive up to `limit` messages, none twice; each is hidden from others for `hide_seconds`."""
    seen = set[str]()
    while len(seen) < limit:
        answer = target.client("sqs").receive_message(
            QueueUrl=target.queue_url(name),
            MaxNumberOfMessages=min(BATCH, limit - len(seen)),
            VisibilityTimeout=hide_seconds,
            WaitTimeSeconds=1,
            MessageSystemAttributeNames=["All"],
        )
        found = [m for m in answer.get("Messages", []) if m["MessageId"] not in seen]
        if not found:
            return
        seen |= {message["MessageId"] for message in found}
        yield from (_letter(message) for message in found)


def redrive(target: Target, name: str, limit: int) -> Iterator[Letter]:
    """Send each message back to its queue and then delete it: a crash between the two sends it twice, which
    every consumer takes."""
    sqs = target.client("sqs")
    for letter in letters(target, DEAD_LETTERS[name], limit):
        call: dict[str, Any] = {"QueueUrl": target.queue_url(SOURCES[name]), "MessageBody": letter.body}
        if letter.group is not None:
            call["MessageGroupId"] = letter.group
        sqs.send_message(**call)
        sqs.delete_message(QueueUrl=target.queue_url(DEAD_LETTERS[name]), ReceiptHandle=letter.handle)
        yield letter


def _letter(message: dict[str, Any]) -> Letter:
    attributes = message.get("Attributes", {})
    return Letter(
        body=message["Body"],
        receives=int(attributes.get("ApproximateReceiveCount", 0)),
        sent_at=int(attributes.get("SentTimestamp", 0)) / 1000,
        handle=message["ReceiptHandle"],
        group=attributes.get("MessageGroupId"),
    )
