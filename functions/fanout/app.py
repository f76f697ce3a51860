"""Fan-out: the events queue. One event becomes deliveries."""

from typing import Any

from doorbell.runtime import fanning_out, rolling_up
from doorbell.runtime.invocation import invocation

fan_out = fanning_out.fan_out()


@invocation
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Raises `Unavailable` when messages could not be sent: all records come again."""

    def time_left() -> float:
        return float(context.get_remaining_time_in_millis() / 1000)

    answer = fanning_out.batch_of(fan_out, event, time_left).handle(event)
    rolling_up.write_batch()
    return answer
