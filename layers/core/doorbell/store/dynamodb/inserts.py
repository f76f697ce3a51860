"""New items, 25 in a call, each put unless one with its key is there; see `statements`."""

from collections.abc import Mapping, Sequence
from typing import Any

from doorbell.store.dynamodb.statements import Statement, execute
from doorbell.store.dynamodb.tables import marshal


def insert(client: Any, table: str, items: Sequence[Mapping[str, Any]]) -> list[str | None]:
    """For each of at most 25 items (plain values) None when it is there now, or why it was not put."""
    return [done.failure for done in execute(client, [insertion(table, values) for values in items])]


def insertion(table: str, values: Mapping[str, Any]) -> Statement:
    """`DUPLICATE` is the failure where one with its key is there."""
    item = marshal(values)
    attributes = ", ".join(f"'{name}': ?" for name in item)
    return f'INSERT INTO "{table}" VALUE {{{attributes}}}', list(item.values())
