"""Fan-out as it is deployed, for events that one subscription of many wants: warm, cold, and as the page was
read before (botocore's client and the model for each item).

Arguments: the kind of tenants, the counts of subscriptions, joined by commas; how many rounds. With none it
handles one cold batch of ten events of one tenant, and nothing else.
"""

import itertools
import sys
import time
from collections.abc import Callable
from typing import Any

import app
from github import push
from measure import told
from records import Context, event_record, inline

from doorbell.runtime.wiring import client, settings
from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell.store.items.models import load_subscription

KIND = sys.argv[1]
COUNTS = [int(count) for count in sys.argv[2].split(",")]
ROUNDS = int(sys.argv[3])
WARM = 60
_numbers = itertools.count()


def handled(*tenants: str) -> float:
    """CPU seconds of a batch with an event for each."""
    records = [event_record(next(_numbers), tenant, inline(push())) for tenant in tenants]
    began = time.process_time()
    answer = app.handler({"Records": records}, Context(3600))
    took = time.process_time() - began
    assert answer == {"batchItemFailures": []}, answer
    return took


def new_tenant(count: int) -> str:
    return f"{KIND}-{next(_numbers)}-{count}"


def cold(count: int) -> float:
    return handled(new_tenant(count))


def warm(count: int) -> float:
    """Of one event, within the seconds that its tenant's page is kept."""
    tenant = new_tenant(count)
    handled(tenant)
    return sum(handled(tenant) for _ in range(WARM)) / WARM


def as_before(count: int) -> float:
    """The page alone."""
    began = time.process_time()
    page = client("dynamodb").query(
        TableName=settings().subscriptions_table,
        KeyConditionExpression="tenant_id = :tenant",
        ExpressionAttributeValues=marshal({":tenant": new_tenant(count)}),
        Limit=500,
    )
    for item in page["Items"]:
        load_subscription(unmarshal(item))
    return time.process_time() - began


def each(how: Callable[[int], float]) -> dict[str, float]:
    return {str(count): how(count) for count in COUNTS}


def main() -> None:
    if not ROUNDS:
        handled(*[new_tenant(COUNTS[0])] * 10)
        told({})
        return
    for how in (warm, cold, as_before):
        how(COUNTS[0])
    rounds: list[dict[str, Any]] = [
        {"warm": each(warm), "cold": each(cold), "before": each(as_before)} for _ in range(ROUNDS)
    ]
    told({"rounds": rounds})


if __name__ == "__main__":
    main()
