"""The deliveries queue: messages in batches of ten, each in the message group of its subscription, so that
SQS's fair queues keep a noisy one from starving the rest.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import batched
from typing import Any, Protocol

from doorbell.aws_errors import translated
from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.errors import Unavailable
from doorbell.domain.subscriptions import scoped
from doorbell.queues.envelopes import DeliveryEnvelope

SQS_BATCH = 10
GROUP_ID_MAX = 128
TRIES = 3
SIDE_BY_SIDE = 8


class Pool(Protocol):
    def map[T, R](self, work: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]: ...


class InTurn:
    """A pool whose work is done by the caller: for one who is a thread among many already."""

    def map[T, R](self, work: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        return map(work, items)


@dataclass(frozen=True, slots=True)
class DeliveriesQueueWriter:
    """`pool` sends the batches of one call."""

    client: Any
    queue_url: str
    pool: Pool = field(default_factory=lambda: ThreadPoolExecutor(SIDE_BY_SIDE))

    def send(self, messages: Iterable[tuple[DeliveryMessage, int]]) -> None:
        batches = [
            [_entry(n, *pair) for n, pair in enumerate(batch)]
            for batch in batched(messages, SQS_BATCH, strict=False)
        ]
        if len(batches) == 1:
            self._send(batches[0])
            return
        for error in list(self.pool.map(self._tried, batches)):
            if error is not None:
                raise error

    def _tried(self, entries: list[dict[str, Any]]) -> Unavailable | None:
        """What went wrong, told when the other batches are sent."""
        try:
            self._send(entries)
        except Unavailable as error:
            return error
        return None

    def _send(self, entries: list[dict[str, Any]]) -> None:
        """An entry that was not taken is sent again, alone with its like."""
        for _ in range(TRIES):
            failed = self._call(entries)
            entries = [entry for entry in entries if entry["Id"] in failed]
            if not entries:
                return
        raise Unavailable("sqs", "SendMessageBatch", ",".join(sorted(set(failed.values()))))

    def _call(self, entries: list[dict[str, Any]]) -> dict[str, str]:
        """The ids that were not taken, with the code of why."""
        with translated("sqs", "SendMessageBatch"):
            answer = self.client.send_message_batch(QueueUrl=self.queue_url, Entries=entries)
        return {failure["Id"]: failure["Code"] for failure in answer.get("Failed", [])}


def _entry(number: int, message: DeliveryMessage, delay: int) -> dict[str, Any]:
    return {
        "Id": str(number),
        "MessageBody": DeliveryEnvelope.of(message).model_dump_json(),
        "MessageGroupId": scoped(message.tenant_id, message.key.subscription_id)[:GROUP_ID_MAX],
        "DelaySeconds": delay,
    }
