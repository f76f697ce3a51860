"""A Query, page after page, to its end."""

from collections.abc import Iterator, Mapping
from typing import Any

from doorbell.aws_errors import translated
from doorbell.store.tables import unmarshal


def items(client: Any, call: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The items that `call` (Query's arguments) finds, as plain values; a page is asked for when needed."""
    further: dict[str, Any] = {}
    while True:
        with translated("dynamodb", "Query"):
            page = client.query(**call, **further)
        yield from map(unmarshal, page["Items"])
        if "LastEvaluatedKey" not in page:
            return
        further = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
