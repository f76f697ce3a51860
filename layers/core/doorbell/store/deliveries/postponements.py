"""`due_at` of many deliveries moved on, 25 in a call. Each is one conditional write; see `statements`."""

from collections.abc import Sequence
from typing import Any

from doorbell.domain.claims import Due
from doorbell.store.deliveries.delivery_items import delivery_key
from doorbell.store.dynamodb.statements import Statement, execute
from doorbell.store.dynamodb.tables import marshal


def postpone(client: Any, table: str, moves: Sequence[tuple[Due, float]]) -> list[str | None]:
    """Move each of at most 25 rows to its time, if it is still where it was seen and none of those that wait
    on a shelf: None, or why not."""
    of_this_key = '"event_id" = ? AND "sk" = ?'
    as_seen, not_promised = '"due_at" = ?', '"look_at" IS MISSING'
    text = f'UPDATE "{table}" SET "due_at" = ? WHERE {of_this_key} AND {as_seen} AND {not_promised}'
    return [
        done.failure for done in execute(client, [_statement(text, row, due_at) for row, due_at in moves])
    ]


def _statement(text: str, row: Due, due_at: float) -> Statement:
    key = delivery_key(row.key)
    values = marshal({"due": due_at, "event_id": key["event_id"], "sk": key["sk"], "seen": row.due_at})
    return text, list(values.values())
