"""The lists of those who wait (GSI `shelf` of the Events table).

Partition `shelf`, sort `shelf_at`; INCLUDE tenant_id, attempts_made, state, reason, status, error,
event_type. Sparse. A delivery stands on one shelf at most: `wait#<holder>#<0-7>` while it waits, where the
holder is the endpoint; that of its history when it has ended (`history_index`). Filing it costs one write of
the index, leaving it one. Some 250 bytes a row: half a read unit for 16.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from doorbell.domain.clocks import CLOCKS, NEVER, Clocks, Moment
from doorbell.domain.deliveries import State
from doorbell.domain.errors import Unavailable
from doorbell.domain.shelves import Listed, Shelved, shelf_names
from doorbell.store.deliveries.delivery_items import parse_key
from doorbell.store.dynamodb import query
from doorbell.store.dynamodb.tables import marshal, unmarshal

INDEX = "shelf"
READY_SECONDS = 300.0
NOT_YET_SECONDS = 30.0
PAGE = 1000
STEP = 0.000001
"""Between two times as a table keeps them."""
NOBODY = "wait##0"
"""An empty partition."""


@dataclass(slots=True)
class _Known:
    ready: bool = False
    at: Moment = NEVER


@dataclass(frozen=True, slots=True)
class ShelfIndex:
    """`wakes_due` asks the index of the wakes: a list nobody is woken for is none. `on` False: nobody is to
    be filed any more."""

    client: Any
    table: str
    wakes_due: Callable[[float], Any]
    clocks: Clocks = CLOCKS
    on_not_yet: Callable[[str], None] = lambda cause: None
    on: bool = True
    _known: _Known = field(default_factory=_Known)

    def ready(self) -> bool:
        """Whether both indexes can be asked. While one is not there yet, or is being filled, nobody is filed
        whom nobody would find. Asked anew every five minutes: an index may be removed."""
        if not self.on:
            return False
        known = self._known
        if self.clocks.age(known.at) >= (READY_SECONDS if known.ready else NOT_YET_SECONDS):
            known.ready, known.at = self._answers(), self.clocks.now()
        return known.ready

    def waiting(self, endpoint_id: str, after: float | None, until: float, limit: int) -> Listed:
        """About `limit` pending rows after `after` up to `until`, at least one if there is any."""
        each = min(PAGE, limit // len(shelf_names("")) + 1)
        while True:
            found = [self._page(shelf, after, until, each) for shelf in shelf_names(endpoint_id)]
            reached = min([until, *(rows[-1]["shelf_at"] for rows, more in found if more)])
            rows = [row for rows, _ in found for row in rows if row["shelf_at"] <= reached]
            pending = sorted(
                (_row(row) for row in rows if row["state"] == State.PENDING), key=lambda row: row.at
            )
            if pending or reached >= until:
                return Listed(tuple(pending), reached)
            after = reached

    def _page(self, shelf: str, after: float | None, until: float, limit: int) -> tuple[list[Any], bool]:
        """Whether there may be more."""
        items, last = query.page(self.client, _call(self.table, shelf, after, until, limit))
        return [unmarshal(item) for item in items], bool(items) and last is not None

    def _answers(self) -> bool:
        try:
            query.page(self.client, _call(self.table, NOBODY, None, 0.0, 1))
            next(iter(self.wakes_due(0.0)), None)
        except Unavailable as error:
            self.on_not_yet(error.cause)
            return False
        return True


def _call(table: str, shelf: str, after: float | None, until: float, limit: int) -> dict[str, Any]:
    since = 0.0 if after is None else after + STEP
    return {
        "TableName": table,
        "IndexName": INDEX,
        "KeyConditionExpression": "shelf = :shelf AND shelf_at BETWEEN :since AND :until",
        "ExpressionAttributeValues": marshal({":shelf": shelf, ":since": since, ":until": max(since, until)}),
        "Limit": limit,
    }


def _row(values: dict[str, Any]) -> Shelved:
    return Shelved(
        key=parse_key(values["event_id"], values["sk"]),
        tenant_id=values["tenant_id"],
        at=values["shelf_at"],
        attempts_made=values["attempts_made"],
    )
