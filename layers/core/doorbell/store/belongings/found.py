"""One page of a Query or a Scan, with a place to go on at that a job can keep."""

from collections.abc import Mapping
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.replays import Cursor
from doorbell.store.dynamodb import query
from doorbell.store.dynamodb.tables import Item, marshal, unmarshal


def queried(client: Any, call: Mapping[str, Any], after: Cursor | None) -> tuple[list[Item], Cursor | None]:
    """Items in DynamoDB's own form."""
    items, last = query.page(client, {**call, **_from(after)})
    return items, None if last is None else unmarshal(last)


def scanned(client: Any, call: Mapping[str, Any], after: Cursor | None) -> tuple[list[Item], Cursor | None]:
    with translated("dynamodb", "Scan"):
        answer = client.scan(**{**call, **_from(after)})
    last = answer.get("LastEvaluatedKey")
    return answer["Items"], None if last is None else unmarshal(last)


def _from(after: Cursor | None) -> dict[str, Any]:
    return {} if after is None else {"ExclusiveStartKey": marshal(after)}
