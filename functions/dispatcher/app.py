"""Dispatcher: the deliveries queue. All attempts of a batch side by side: ten, or up to a hundred."""

from typing import Any

from doorbell.runtime import dispatching, rolling_up
from doorbell.runtime.batches import each_record, received_before
from doorbell.runtime.invocation import invocation

deliver, look = dispatching.deliver(), dispatching.look()


@invocation
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    batch = dispatching.batch_of(deliver, look, event)

    def one(record: dict[str, Any]) -> None:
        time_left = context.get_remaining_time_in_millis() / 1000
        batch(record["body"], redelivered=received_before(record), time_left=time_left)

    answer = each_record(event, one)
    rolling_up.write_batch()
    return answer
