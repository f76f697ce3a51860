"""Dispatcher: the deliveries queue. Up to ten attempts side by side."""

from typing import Any

from doorbell.runtime import dispatching
from doorbell.runtime.batches import each_record, received_before

deliver = dispatching.deliver()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    batch = dispatching.batch_of(deliver, event)

    def one(record: dict[str, Any]) -> None:
        time_left = context.get_remaining_time_in_millis() / 1000
        batch(record["body"], redelivered=received_before(record), time_left=time_left)

    return each_record(event, one)
