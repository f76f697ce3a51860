"""A walk of a sparse index, partition after partition, that stops somewhere and says so."""

from collections.abc import Mapping
from typing import Any

from doorbell.aws_errors import translated
from doorbell.store.dynamodb.tables import unmarshal


def walk(client: Any, call: Mapping[str, Any], pages: int) -> tuple[list[dict[str, Any]], int, bool]:
    """What `call` (Scan's arguments) finds in so many pages, how many items were looked at, and whether there
    are more."""
    found: list[dict[str, Any]] = []
    looked_at, further = 0, dict[str, Any]()
    for _ in range(pages):
        with translated("dynamodb", "Scan"):
            answer = client.scan(**call, **further)
        found += map(unmarshal, answer["Items"])
        looked_at += answer["ScannedCount"]
        last = answer.get("LastEvaluatedKey")
        if last is None:
            return found, looked_at, False
        further = {"ExclusiveStartKey": last}
    return found, looked_at, True
