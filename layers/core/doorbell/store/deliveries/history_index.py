"""What became of a subscription's deliveries, newest first: the shelves of its history (GSI `shelf` of the
Events table), and what ended without success before there were any (GSI `undelivered`).

Partition `done#<tenant_id>/<subscription_id>#<0-7>`, sort `shelf_at`, which is when it ended. A row is some
300 bytes: half a read unit for 13, and no less for each of the nine Queries of a page. Of several
subscriptions each is asked nine times, and their rows are merged: a hundred are 900 Queries and some 450 read
units for the first page. An index lags a moment."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from heapq import merge
from itertools import chain, islice
from typing import Any

from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.errors import Unavailable
from doorbell.domain.history import SHARDS, EndedRow, history_shelves
from doorbell.domain.subscriptions import scoped
from doorbell.store.deliveries import shelf_index, undelivered
from doorbell.store.deliveries.delivery_items import parse_key
from doorbell.store.dynamodb import query
from doorbell.store.dynamodb.tables import marshal

NOT_YET = ("ValidationException", "ResourceNotFoundException")
"""What a Query of an index is answered that is not there yet, or is being filled.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.OnlineOps.html"""
SIDE_BY_SIDE = 8
ALONE = 9
"""Queries of one subscription: one after the other."""
HALF_UNIT = 13
"""Rows."""
LEAST = 4
"""Rows of a shelf that are asked for at first."""


@dataclass(frozen=True, slots=True)
class HistoryIndex:
    """`page`: rows that a Query reads at most; of several subscriptions each reads less. `pool`: asks so many
    at once, where there are several."""

    client: Any
    table: str
    page: int = 100
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(SIDE_BY_SIDE))

    def between(
        self,
        tenant_id: str,
        subscription_ids: Sequence[str],
        since: float,
        until: float,
        *,
        likely: int | None = None,
    ) -> Iterator[EndedRow]:
        """What ended in [since, until], epoch seconds, each once. `likely`: how many will be taken. Each
        shelf is asked for twice its share of them at first, as shares differ, and then for whole pages."""
        owners = [scoped(tenant_id, name) for name in subscription_ids]
        each = min(self.page, max(HALF_UNIT, self.page // max(1, len(owners))))
        share = each if likely is None else 2 * likely // (SHARDS * max(1, len(owners)))
        first = min(each, max(LEAST, share))
        rows = [
            stream
            for owner in owners
            for stream in (
                *(self._shelf(shelf, since, until, each, first) for shelf in history_shelves(owner)),
                self._undelivered(owner, since, until, each),
            )
        ]
        at, here = until, set[DeliveryKey]()
        for row in merge(*self._begun(rows), key=lambda row: row.ended_at, reverse=True):
            if row.ended_at != at:
                at, here = row.ended_at, set()
            if row.key not in here:
                here.add(row.key)
                yield row

    def _begun(self, streams: Sequence[Iterator[EndedRow]]) -> Sequence[Iterator[EndedRow]]:
        """Whoever merges needs the first of each: side by side they come sooner."""
        if len(streams) <= ALONE:
            return streams
        firsts = self.pool.map(lambda stream: list(islice(stream, 1)), streams)
        return [chain(first, stream) for first, stream in zip(firsts, streams, strict=True) if first]

    def _shelf(self, shelf: str, since: float, until: float, limit: int, first: int) -> Iterator[EndedRow]:
        keyed = "shelf = :owner AND shelf_at BETWEEN :since AND :until"
        call = self._call(shelf_index.INDEX, keyed, shelf, since, until, limit)
        try:
            for values in query.items(self.client, call, first):
                yield _row(values, values["shelf_at"], told=True)
        except Unavailable as error:
            if error.cause not in NOT_YET:
                raise

    def _undelivered(self, owner: str, since: float, until: float, limit: int) -> Iterator[EndedRow]:
        keyed = "subscription_id = :owner AND ended_at BETWEEN :since AND :until"
        call = self._call(undelivered.INDEX, keyed, owner, since, until, limit)
        for values in query.items(self.client, call):
            yield _row(values, values["ended_at"], told=False)

    def _call(
        self, index: str, keyed: str, owner: str, since: float, until: float, limit: int
    ) -> dict[str, Any]:
        return {
            "TableName": self.table,
            "IndexName": index,
            "KeyConditionExpression": keyed,
            "ExpressionAttributeValues": marshal({":owner": owner, ":since": since, ":until": until}),
            "ScanIndexForward": False,
            "Limit": limit,
        }


def _row(values: dict[str, Any], ended_at: float, *, told: bool) -> EndedRow:
    return EndedRow(
        key=parse_key(values["event_id"], values["sk"]),
        tenant_id=values["tenant_id"],
        ended_at=ended_at,
        state=values["state"],
        reason=values.get("reason"),
        attempts_made=values.get("attempts_made"),
        status=values.get("status"),
        error=values.get("error"),
        event_type=values.get("event_type"),
        told=told,
    )
