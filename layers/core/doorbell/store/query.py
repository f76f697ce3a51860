"""A Query, page after page, to its end, or one page of it."""

from collections.abc import Iterator, Mapping
from typing import Any

from doorbell.aws_errors import translated
from doorbell.store.tables import Item, unmarshal


def page(client: Any, call: Mapping[str, Any]) -> tuple[list[Item], Item | None]:
    """The items of one page of `call` (Query's arguments), and the key from which the next goes on; None at
    the end. Both in DynamoDB's own form."""
    with translated("dynamodb", "Query"):
        answer = client.query(**call)
    return answer["Items"], answer.get("LastEvaluatedKey")


def items(client: Any, call: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The items that `call` finds, as plain values; a page is asked for when needed."""
    further: dict[str, Any] = {}
    while True:
        found, last = page(client, {**call, **further})
        yield from map(unmarshal, found)
        if last is None:
            return
        further = {"ExclusiveStartKey": last}
