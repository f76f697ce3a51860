"""Whether a source is paused, of an item of the Sources table: one attribute, and nothing of its secrets.

Cached as subscriptions are. Half a read unit for each 4 KiB of the item, twice that where the read is strong.
"""

from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.clocks import CLOCKS, Clocks
from doorbell.domain.holders import list_of_source
from doorbell.store.dynamodb.cache import TtlCache
from doorbell.store.dynamodb.tables import marshal, unmarshal

CACHE_SECONDS = 10.0


def list_of(client: Any, table: str, source_id: str) -> str:
    """Where those wait whom its pause holds, as its item is now."""
    with translated("dynamodb", "GetItem"):
        answer = client.get_item(
            TableName=table,
            Key=marshal({"source_id": source_id}),
            ConsistentRead=True,
            ProjectionExpression="tenant_id",
        )
    return list_of_source(source_id, unmarshal(answer.get("Item", {})))


class SourcePauseTable:
    def __init__(self, client: Any, table: str, clocks: Clocks = CLOCKS, ttl: float = CACHE_SECONDS) -> None:
        self._client, self._table = client, table
        self._known: TtlCache[str, bool] = TtlCache(ttl, clocks)

    def is_paused(self, source_id: str, *, fresh: bool = False) -> bool:
        """An item that is broken otherwise is paused all the same."""
        if fresh:
            self._known.drop(source_id)
        return self._known.get(source_id, lambda: self._read(source_id, fresh))

    def _read(self, source_id: str, consistent: bool) -> bool:
        with translated("dynamodb", "GetItem"):
            answer = self._client.get_item(
                TableName=self._table,
                Key=marshal({"source_id": source_id}),
                ConsistentRead=consistent,
                ProjectionExpression="paused",
            )
        return unmarshal(answer.get("Item", {})).get("paused") is True
