"""Fan-out: the events queue. One event becomes deliveries."""

from typing import Any

from doorbell.queues.envelopes import EventEnvelope
from doorbell.runtime import outbound
from doorbell.runtime.batches import each_record

fan_out = outbound.fan_out()


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return each_record(
        event, lambda record: fan_out(EventEnvelope.model_validate_json(record["body"]).to_domain())
    )
