"""The deliveries queue: messages in batches of ten, each in the message group of its subscription, so that
SQS's fair queues keep a noisy one from starving the rest.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.errors import Unavailable
from doorbell.domain.subscriptions import scoped
from doorbell.queues.envelopes import DeliveryEnvelope

SQS_BATCH = 10
GROUP_ID_MAX = 128
TRIES = 3
SIDE_BY_SIDE = 8


@dataclass(frozen=True, slots=True)
class DeliveriesQueueWriter:
    client: Any
    queue_url: str
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(SIDE_BY_SIDE))

    def send(self, messages: Iterable[tuple[DeliveryMessage, int]]) -> None:
        batches = [
            [_entry(n, *pair) for n, pair in enumerate(batch)]
            for batch in batched(messages, SQS_BATCH, strict=False)
        ]
        if len(batches) == 1:
            self._send(batches[0])
            return
        for _ in self.pool.map(self._send, batches):
            pass

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
