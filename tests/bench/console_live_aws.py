"""What AWS would answer the console, made in memory: items are put, and found by key or by partition."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

KEYS: Mapping[str, tuple[str, ...]] = {
    "SourcesTable": ("source_id",),
    "SubscriptionsTable": ("tenant_id", "subscription_id"),
    "EventsTable": ("event_id", "sk"),
    "EndpointsTable": ("subscription_id",),
    "RefusedTable": ("source_id", "sk"),
    "RollupsTable": ("holder", "at"),
}
PARTITIONS = ("event_id", "tenant_day")
"""Of the Events table, and of its index."""

type Item = dict[str, Any]


class _Raw(BytesIO):
    def stream(self, **_: object) -> Any:
        yield self.read()


@dataclass
class Aws:
    """In DynamoDB's own form. Conditions are not asked, and what is put again is there once."""

    tables: dict[str, dict[str, Item]] = field(default_factory=lambda: {name: {} for name in KEYS})
    calls: int = 0

    def answer(self, request: Any, **_: object) -> AWSResponse:
        self.calls += 1
        operation = request.headers["X-Amz-Target"].decode().partition(".")[2]
        found = self._answers[operation](json.loads(request.body))
        return AWSResponse(request.url, 200, HTTPHeaders(), _Raw(json.dumps(found).encode()))

    @property
    def _answers(self) -> Mapping[str, Callable[[Item], Item]]:
        return {
            "PutItem": self._put,
            "GetItem": self._get,
            "BatchGetItem": self._several,
            "Query": self._query,
        }

    def _put(self, asked: Item) -> Item:
        self._table(asked["TableName"])[_key(asked["TableName"], asked["Item"])] = asked["Item"]
        return {}

    def _get(self, asked: Item) -> Item:
        item = self._one(asked["TableName"], asked["Key"])
        return {} if item is None else {"Item": item}

    def _several(self, asked: Item) -> Item:
        found = {
            name: [item for key in wanted["Keys"] if (item := self._one(name, key)) is not None]
            for name, wanted in asked["RequestItems"].items()
        }
        return {"Responses": found, "UnprocessedKeys": {}}

    def _query(self, asked: Item) -> Item:
        items = self._table(asked["TableName"]).values()
        values = list(asked["ExpressionAttributeValues"].values())
        found = list(_of(items, values)) if asked["TableName"] == "EventsTable" else []
        return {"Items": found, "Count": len(found), "ScannedCount": len(found)}

    def _one(self, table: str, key: Item) -> Item | None:
        return self._table(table).get(_key(table, key))

    def _table(self, name: str) -> dict[str, Item]:
        return self.tables[name]


def _of(items: Iterable[Item], values: list[Item]) -> Iterable[Item]:
    """In one of the partitions that are asked for, and not older than the time that is."""
    partitions = [one["S"] for one in values if "S" in one]
    since = min((float(one["N"]) for one in values if "N" in one), default=0.0)
    mine = (one for one in items if any(one.get(name, {}).get("S", "") in partitions for name in PARTITIONS))
    young = (one for one in mine if float(one.get("created_at", {"N": "inf"})["N"]) >= since)
    return sorted(young, key=lambda one: str(one.get("sk")))


def _key(table: str, item: Item) -> str:
    return json.dumps([item[name] for name in KEYS[table]])
