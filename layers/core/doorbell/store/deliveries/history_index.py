"""What became of a subscription's deliveries, newest first: the shelves of its history (GSI `shelf` of the
Events table), and what ended without success before there were any (GSI `undelivered`).

Partition `done#<tenant_id>/<subscription_id>#<0-7>`, sort `shelf_at`, which is when it ended. A row is some
300 bytes: half a read unit for 13, and no less for each of the nine Queries of a page. An index lags a
moment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from typing import Any

from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.errors import Unavailable
from doorbell.domain.history import EndedRow, history_shelves
from doorbell.domain.subscriptions import scoped
from doorbell.store.deliveries import shelf_index, undelivered
from doorbell.store.deliveries.delivery_items import parse_key
from doorbell.store.dynamodb import query
from doorbell.store.dynamodb.tables import marshal

NOT_YET = ("ValidationException", "ResourceNotFoundException")
"""What a Query of an index is answered that is not there yet, or is being filled.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.OnlineOps.html"""


@dataclass(frozen=True, slots=True)
class HistoryIndex:
    """`page`: rows that a Query reads at most."""

    client: Any
    table: str
    page: int = 100

    def between(
        self, tenant_id: str, subscription_ids: Sequence[str], since: float, until: float
    ) -> Iterator[EndedRow]:
        """What ended in [since, until], epoch seconds, each once."""
        owners = [scoped(tenant_id, name) for name in subscription_ids]
        told = [self._shelf(shelf, since, until) for one in owners for shelf in history_shelves(one)]
        rest = [self._undelivered(owner, since, until) for owner in owners]
        at, here = until, set[DeliveryKey]()
        for row in merge(*told, *rest, key=lambda row: row.ended_at, reverse=True):
            if row.ended_at != at:
                at, here = row.ended_at, set()
            if row.key not in here:
                here.add(row.key)
                yield row

    def _shelf(self, shelf: str, since: float, until: float) -> Iterator[EndedRow]:
        keyed = "shelf = :owner AND shelf_at BETWEEN :since AND :until"
        call = self._call(shelf_index.INDEX, keyed, shelf, since, until)
        try:
            for values in query.items(self.client, call):
                yield _row(values, values["shelf_at"], told=True)
        except Unavailable as error:
            if error.cause not in NOT_YET:
                raise

    def _undelivered(self, owner: str, since: float, until: float) -> Iterator[EndedRow]:
        keyed = "subscription_id = :owner AND ended_at BETWEEN :since AND :until"
        for values in query.items(self.client, self._call(undelivered.INDEX, keyed, owner, since, until)):
            yield _row(values, values["ended_at"], told=False)

    def _call(self, index: str, keyed: str, owner: str, since: float, until: float) -> dict[str, Any]:
        return {
            "TableName": self.table,
            "IndexName": index,
            "KeyConditionExpression": keyed,
            "ExpressionAttributeValues": marshal({":owner": owner, ":since": since, ":until": until}),
            "ScanIndexForward": False,
            "Limit": self.page,
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
