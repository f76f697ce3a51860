"""SQS batches: records side by side, and which of them must come again.

`BatchItemFailures` are for Doorbell's own faults; a subscriber's refusal is a record well handled.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from doorbell.runtime import wiring

BATCH = 10

_pool = ThreadPoolExecutor(BATCH)


def each_record(event: Mapping[str, Any], handle: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Handle all records; the answer names those that failed, and one bad record harms no other."""
    records = event["Records"]
    failed = [
        record["messageId"]
        for record, ok in zip(records, _pool.map(_guarded(handle), records), strict=True)
        if not ok
    ]
    wiring.metrics().flush()
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _guarded(handle: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], bool]:
    def guarded(record: dict[str, Any]) -> bool:
        try:
            handle(record)
        except Exception as error:
            wiring.metrics().count("RecordFailed", error=type(error).__name__)
            wiring.log().exception("record_failed", message_id=record.get("messageId"))
            return False
        return True

    return guarded


def received_before(record: Mapping[str, Any]) -> bool:
    """Whether SQS has handed this message out before."""
    return int(record.get("attributes", {}).get("ApproximateReceiveCount", "1")) > 1
