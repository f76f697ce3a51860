"""Dispatcher: the deliveries queue. Up to ten attempts side by side."""

from typing import Any

from doorbell.queues.envelopes import DeliveryEnvelope
from doorbell.runtime import dispatching
from doorbell.runtime.batches import each_record, received_before

deliver = dispatching.deliver()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    deliver_each = dispatching.reading_ahead(deliver, event)

    def one(record: dict[str, Any]) -> None:
        deliver_each(
            DeliveryEnvelope.model_validate_json(record["body"]).to_domain(),
            redelivered=received_before(record),
            time_left=context.get_remaining_time_in_millis() / 1000,
        )

    return each_record(event, one)
