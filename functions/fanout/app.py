"""Fan-out: the events queue. One event becomes deliveries."""

from dataclasses import replace
from typing import Any

from doorbell.queues.envelopes import EventEnvelope
from doorbell.queues.outbox import Outbox
from doorbell.runtime import outbound
from doorbell.runtime.batches import each_record

fan_out = outbound.fan_out()


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Raises `Unavailable` when messages could not be sent: all records come again."""
    outbox = Outbox(outbound.deliveries_queue())
    one = replace(fan_out, outbox=outbox)
    answer = each_record(
        event, lambda record: one(EventEnvelope.model_validate_json(record["body"]).to_domain())
    )
    outbox.close()
    return answer
