"""A listener's queue, read: whoever took a message holds it, and gives it back by doing nothing."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import code_of, translated
from doorbell.domain.errors import Unavailable
from doorbell.queues.of_listeners import GONE

POLL_SECONDS = 20
"""The longest there is: three requests a minute while nothing comes.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html"""
AT_ONCE = 10
MAX_HIDDEN_SECONDS = 43_200


class QueueGone(Exception):
    """It was removed: this listener was away for too long."""


@dataclass
class Message:
    """`until`: hidden from others, epoch seconds; the clock goes on while a machine sleeps."""

    id: str
    body: str
    receipt: str
    received: int
    until: float


@dataclass(frozen=True, slots=True)
class Inbox:
    """`hidden`: seconds for which whoever takes a message has it. Everything raises `Unavailable`."""

    client: Any
    url: str
    hidden: int
    clock: Callable[[], float] = time.time

    def take(self, most: int = AT_ONCE) -> list[Message]:
        """What waits, or what comes within `POLL_SECONDS`. Raises `QueueGone`."""
        asked = self.clock()
        try:
            with translated("sqs", "ReceiveMessage"):
                answer = self.client.receive_message(
                    QueueUrl=self.url,
                    MaxNumberOfMessages=most,
                    WaitTimeSeconds=POLL_SECONDS,
                    VisibilityTimeout=self.hidden,
                    MessageSystemAttributeNames=["ApproximateReceiveCount"],
                )
        except Unavailable as error:
            if error.cause in GONE:
                raise QueueGone from None
            raise
        return [self._message(found, asked) for found in answer.get("Messages", [])]

    def done(self, message: Message) -> None:
        """It was handled. One that comes again all the same is known by its id."""
        with translated("sqs", "DeleteMessage"):
            self.client.delete_message(QueueUrl=self.url, ReceiptHandle=message.receipt)

    def hold(self, message: Message, seconds: int) -> bool:
        """Hide it for so long from now. False: it is not ours any more, and comes again."""
        now = self.clock()
        if now > message.until:
            return False
        with translated("sqs", "ChangeMessageVisibility"):
            try:
                self.client.change_message_visibility(
                    QueueUrl=self.url,
                    ReceiptHandle=message.receipt,
                    VisibilityTimeout=min(seconds, MAX_HIDDEN_SECONDS),
                )
            except ClientError as error:
                if code_of(error) in (
                    "MessageNotInflight",
                    "ReceiptHandleIsInvalid",
                    "InvalidParameterValue",
                ):
                    return False
                raise
        message.until = now + seconds
        return True

    def _message(self, found: dict[str, Any], asked: float) -> Message:
        received = int(found.get("Attributes", {}).get("ApproximateReceiveCount", 1))
        return Message(
            found["MessageId"], found["Body"], found["ReceiptHandle"], received, asked + self.hidden
        )
