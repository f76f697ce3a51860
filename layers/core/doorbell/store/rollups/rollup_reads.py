"""Reading the Rollups table.

A Query for each of a holder's four keys, half a read unit for each 4 KiB: a day of a busy one is 86 KB on
each that is in use, 11 units. Or one BatchGetItem for the last hour of seven holders, half a unit for each
five minutes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import groupby
from typing import Any

from doorbell.domain.rollups import BUCKET_SECONDS, Holder, bucket_at
from doorbell.domain.summaries import Rollup, added
from doorbell.store.dynamodb import batch_get, query
from doorbell.store.dynamodb.tables import TTL_ATTRIBUTE, is_gone, marshal
from doorbell.store.rollups.rollup_table import AT, HOLDER


@dataclass(frozen=True, slots=True)
class RollupReads:
    client: Any
    table: str

    def between(self, holder: Holder, since: float, until: float, now: float) -> Iterator[Rollup]:
        """Those that begin in [since, until), newest first. A page is asked for when needed."""
        if until <= since:
            return
        of_each_key = (self._on(key, since, until, now) for key in holder.keys)
        for at, parts in groupby(merge(*of_each_key, key=_at, reverse=True), key=_at):
            yield added(at, parts)

    def _on(self, key: str, since: float, until: float, now: float) -> Iterator[Rollup]:
        call = {
            "TableName": self.table,
            "KeyConditionExpression": "#holder = :holder AND #at BETWEEN :since AND :last",
            "ExpressionAttributeNames": {"#holder": HOLDER, "#at": AT},
            "ExpressionAttributeValues": marshal(
                {":holder": key, ":since": since, ":last": max(since, until - 0.001)}
            ),
            "ScanIndexForward": False,
        }
        yield from (_rollup(item) for item in query.items(self.client, call) if not is_gone(item, now))

    def of_each(
        self, holders: Sequence[Holder], since: float, until: float
    ) -> Mapping[Holder, Sequence[Rollup]]:
        """Those in which something of [since, until] is; for short times. On the first of their keys: where
        refusals are."""
        times = range(bucket_at(since), bucket_at(until) + 1, BUCKET_SECONDS)
        keys = [marshal({HOLDER: holder.key, AT: at}) for holder in holders for at in times]
        found: dict[str, list[Rollup]] = {}
        for item in batch_get.items(self.client, self.table, keys):
            found.setdefault(item[HOLDER], []).append(_rollup(item))
        return {holder: found.get(holder.key, []) for holder in holders}


def _rollup(item: Mapping[str, Any]) -> Rollup:
    counts = {name: count for name, count in item.items() if name not in (HOLDER, AT, TTL_ATTRIBUTE)}
    return Rollup(item[AT], counts)


def _at(rollup: Rollup) -> float:
    return rollup.at
