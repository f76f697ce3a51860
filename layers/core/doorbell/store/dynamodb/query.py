"""A Query, page after page, to its end, or one page of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from doorbell.aws_errors import translated
from doorbell.store.dynamodb.tables import Item, unmarshal


@dataclass(frozen=True, slots=True)
class Unread:
    """An answer of which no sense has been made yet: of a megabyte that takes tens of milliseconds, in which
    all threads wait. `size` in bytes, 0 where that has been done."""

    size: int
    read: Callable[[], dict[str, Any]]


@runtime_checkable
class ReadsLater(Protocol):
    def query_unread(self, **call: Any) -> Unread: ...


def unread(queries: Any, call: Mapping[str, Any]) -> Unread:
    """The answer to `call`, to be read later where `queries`, the client or what stands in for it, can."""
    with translated("dynamodb", "Query"):
        if isinstance(queries, ReadsLater):
            return queries.query_unread(**call)
        answer: dict[str, Any] = queries.query(**call)
    return Unread(0, lambda: answer)


def page(client: Any, call: Mapping[str, Any]) -> tuple[list[Item], Item | None]:
    """The items of one page of `call` (Query's arguments), and the key from which the next goes on; None at
    the end. Both in DynamoDB's own form."""
    with translated("dynamodb", "Query"):
        answer = client.query(**call)
    return answer["Items"], answer.get("LastEvaluatedKey")


def items(client: Any, call: Mapping[str, Any], first: int | None = None) -> Iterator[dict[str, Any]]:
    """The items that `call` finds, as plain values; a page is asked for when needed. `first`: the limit of
    the first page, where another than that of the others."""
    further: dict[str, Any] = {} if first is None else {"Limit": first}
    while True:
        found, last = page(client, {**call, **further})
        yield from map(unmarshal, found)
        if last is None:
            return
        further = {"ExclusiveStartKey": last}
