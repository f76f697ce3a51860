"""What deliveries to a target cost at its service, in the service's own unit. What the target does with them
(a function that runs, an object that is kept, subscribers of a topic) is its owner's bill."""

import math
from dataclasses import dataclass
from typing import Final

KIB: Final = 1024
POINTER_BYTES: Final = 1024
HTTPS: Final = "https"
MOST_IN_A_CALL: Final = 10


@dataclass(frozen=True, slots=True)
class Unit:
    """`what` is counted, and `price` names it in `prices.json`: one for each begun `chunk` bytes of a
    delivery, the first `first` bytes together; `chunk` 0: one, whatever its size. `by_call`: chunks are those
    of a call with all its deliveries. `gb`: chunks are paid for as so many GB. `headers`: they travel too.
    `most`: what is above goes as a pointer. `hours`: names the price of an hour that the target is there."""

    service: str
    what: str
    price: str
    chunk: int
    most: int
    first: int = 0
    by_call: bool = False
    gb: bool = False
    headers: bool = False
    hours: str = ""

    def count(self, size: float, per_call: float) -> float:
        """For one delivery of `size` bytes, of which `per_call` go in a call."""
        if self.by_call:
            return self._chunks(size * per_call) / per_call
        return self._chunks(size) * self.chunk / 1e9 if self.gb else self._chunks(size)

    def _chunks(self, size: float) -> float:
        if not self.chunk:
            return 1.0
        first = self.first or self.chunk
        return float(1 + math.ceil(max(0.0, size - first) / self.chunk))


QUEUE: Final = "requests of the target, 64 KB each"
TARGETS: Final = {
    "sqs": Unit("SQS", QUEUE, "sqs_request", 64 * KIB, 1_048_576, by_call=True, headers=True),
    "sqs-fifo": Unit("SQS", QUEUE, "sqs_fifo_request", 64 * KIB, 1_048_576, by_call=True, headers=True),
    "sns": Unit("SNS", "messages, 64 KB each", "sns_message", 64 * KIB, 262_144, headers=True),
    "events": Unit("EventBridge", "events, 64 KB each", "bus_event", 64 * KIB, 1_048_575),
    "lambda": Unit(
        "Lambda",
        "requests of the target, 256 KB and then 64 KB each",
        "lambda_request",
        64 * KIB,
        1_048_576,
        first=256 * KIB,
        headers=True,
    ),
    "states": Unit("Step Functions", "state transitions, one each", "state_transition", 0, 262_144),
    "kinesis": Unit(
        "Kinesis", "payload units, 25 KB each", "payload_unit", 25 * KIB, 1_048_576, hours="shard_hour"
    ),
    "firehose": Unit("Firehose", "GB, by 5 KB", "firehose_gb", 5 * KIB, 1_024_000, gb=True),
    "s3": Unit("S3", "puts of the target", "s3_put", 0, 5 * 1024**3),
}
