"""The deliveries queue: messages in batches of ten, each in the message group of its subscription, so that
SQS's fair queues keep a noisy one from starving the rest.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from doorbell.domain.claims import DeliveryMessage, WakeCall
from doorbell.domain.subscriptions import scoped
from doorbell.queues.batches import SIDE_BY_SIDE, SQS_BATCH, TRIES, Batches, Entry, Pool
from doorbell.queues.envelopes import DeliveryEnvelope, WakeEnvelope

__all__ = ["GROUP_ID_MAX", "SQS_BATCH", "TRIES", "DeliveriesQueueWriter", "InTurn"]

GROUP_ID_MAX = 128


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
        self._send(_entry(*pair) for pair in messages)

    def wake(self, calls: Iterable[tuple[WakeCall, int]]) -> None:
        self._send(_wake_entry(*pair) for pair in calls)

    def _send(self, entries: Iterable[Entry]) -> None:
        batches = [
            [entry | {"Id": str(number)} for number, entry in enumerate(batch)]
            for batch in batched(entries, SQS_BATCH, strict=False)
        ]
        Batches(self.client, self.queue_url, lambda: self.pool).send(batches)


def _entry(message: DeliveryMessage, delay: int) -> Entry:
    return {
        "MessageBody": DeliveryEnvelope.of(message).to_json(),
        "MessageGroupId": scoped(message.tenant_id, message.key.subscription_id)[:GROUP_ID_MAX],
        "DelaySeconds": delay,
    }


def _wake_entry(call: WakeCall, delay: int) -> Entry:
    """In a group of its own: it does not wait behind its subscription's deliveries."""
    return {
        "MessageBody": WakeEnvelope.of(call).model_dump_json(),
        "MessageGroupId": f"wake:{scoped(call.tenant_id, call.subscription_id)}"[:GROUP_ID_MAX],
        "DelaySeconds": delay,
    }
