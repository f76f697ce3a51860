"""Fan-out: the events queue. One event becomes deliveries."""

from typing import Any

from doorbell.runtime import fanning_out
from doorbell.runtime.batches import each_record

fan_out = fanning_out.fan_out()


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Raises `Unavailable` when messages could not be sent: all records come again."""
    batch = fanning_out.batch_of(fan_out, event)
    answer = each_record(event, lambda record: batch(record["body"]))
    batch.close()
    return answer
