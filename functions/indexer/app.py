"""Indexer: what changes in Subscriptions goes into the routing index; once an hour all of it is compared."""

from time import time
from typing import Any

from doorbell.runtime import indexing
from doorbell.runtime.invocation import invocation

STOP_BEFORE_END_SECONDS = 30

index_changes, certify = indexing.index_changes(), indexing.certify()


@invocation
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Of a stream's batch: the first record that has to come again, and all behind it with it."""
    if "Records" not in event:
        left = context.get_remaining_time_in_millis() / 1000
        return {"certified": certify(stop_at=time() + left - STOP_BEFORE_END_SECONDS)}
    failed = index_changes([indexing.change_of(record) for record in event["Records"]])
    return {"batchItemFailures": [] if failed is None else [{"itemIdentifier": failed}]}
