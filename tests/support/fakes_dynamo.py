"""DynamoDB in memory: the client calls Doorbell makes, with real conditions, stale reads and a lagging index.

The real adapters of `doorbell.store` run on it. By default nothing goes wrong; the simulation passes a
`call` through which every operation goes, and lags.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from botocore.exceptions import ClientError

from tests.support.fakes_expressions import Given, Item, check_used, condition, plain, updated
from tests.support.fakes_partiql import execute_each

type Key = tuple[str, ...]


class Call(Protocol):
    """How an operation reaches its service: where faults are put in. `effect` is atomic."""

    def __call__[T](self, service: str, operation: str, detail: str, effect: Callable[[], T]) -> T: ...


def direct[T](service: str, operation: str, detail: str, effect: Callable[[], T]) -> T:
    return effect()


SCHEMA: dict[str, tuple[str, ...]] = {
    "sources": ("source_id",),
    "subscriptions": ("tenant_id", "subscription_id"),
    "endpoints": ("subscription_id",),
    "events": ("event_id", "sk"),
}
DUE_ROW = ("event_id", "sk", "due_shard", "due_at", "attempts_made", "tenant_id")


@dataclass
class Tables:
    """The data. `listeners` hear of every write: table, key, item before, item after. `read_lag` and
    `index_lag` in seconds: how far behind an eventually consistent read and the due index may be."""

    clock: Callable[[], float]
    read_lag: Callable[[], float] = lambda: 0.0
    index_lag: Callable[[], float] = lambda: 0.0
    items: dict[str, dict[Key, Item]] = field(default_factory=lambda: {name: {} for name in SCHEMA})
    listeners: list[Callable[[str, Key, Item | None, Item | None], None]] = field(default_factory=list)
    _before: dict[tuple[str, Key], tuple[float, Item | None]] = field(default_factory=dict)
    _index: dict[Key, Item] = field(default_factory=dict)
    _arriving: dict[Key, list[tuple[float, Item | None]]] = field(default_factory=dict)

    def write(self, table: str, key: Key, item: Item | None) -> None:
        before = self.items[table].get(key)
        self._before[table, key] = (self.clock(), before)
        if item is None:
            self.items[table].pop(key, None)
        else:
            self.items[table][key] = item
        if table == "events" and "due_shard" in ((item or {}) | (before or {})):
            row = {name: item[name] for name in DUE_ROW} if item and "due_shard" in item else None
            waiting = self._arriving.setdefault(key, [])
            at = self.clock() + self.index_lag()
            waiting.append((max(at, waiting[-1][0]) if waiting else at, row))
        for listener in self.listeners:
            listener(table, key, before, item)

    def read(self, table: str, key: Key, *, consistent: bool) -> Item | None:
        if not consistent and (table, key) in self._before:
            written_at, before = self._before[table, key]
            if self.clock() < written_at + self.read_lag():
                return before
        return self.items[table].get(key)

    def rows(self, table: str) -> list[Item]:
        """All items, in order of their keys."""
        return [row for _, row in sorted(self.items[table].items())]

    def index(self) -> list[Item]:
        """The due index as it is seen now, by `due_at`."""
        now = self.clock()
        for key, waiting in list(self._arriving.items()):
            while waiting and waiting[0][0] <= now:
                row = waiting.pop(0)[1]
                self._index.pop(key, None)
                if row is not None:
                    self._index[key] = row
            if not waiting:
                del self._arriving[key]
        return sorted(self._index.values(), key=lambda row: (float(row["due_at"]["N"]), row["sk"]["S"]))


@dataclass
class DynamoClient:
    tables: Tables
    call: Call = direct

    def put_item(self, **given: Any) -> dict[str, Any]:
        table, item = given["TableName"], given["Item"]
        key = _key(table, item)
        return self._do("PutItem", table, key, lambda: self._put(table, key, item, given))

    def update_item(self, **given: Any) -> dict[str, Any]:
        table, key = given["TableName"], _key(given["TableName"], given["Key"])
        return self._do("UpdateItem", table, key, lambda: self._update(table, key, given))

    def batch_execute_statement(self, *, Statements: list[dict[str, Any]]) -> dict[str, Any]:
        return execute_each(self, SCHEMA["events"], Statements)

    def get_item(self, **given: Any) -> dict[str, Any]:
        table, key = given["TableName"], _key(given["TableName"], given["Key"])
        consistent = given.get("ConsistentRead", False)
        return self._do("GetItem", table, key, lambda: self._get(table, key, consistent))

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:
        asked = [(table, key) for table, wanted in RequestItems.items() for key in wanted["Keys"]]
        found: dict[str, Any] = {table: [] for table in RequestItems}

        def effect() -> dict[str, Any]:
            for table, key in asked:
                item = self._get(table, _key(table, key), False)
                found[table] += [item["Item"]] if item else []
            return {"Responses": found, "UnprocessedKeys": {}}

        table, key = asked[0]
        return self._do("BatchGetItem", table, _key(table, key), effect)

    def query(self, **given: Any) -> dict[str, Any]:
        table = given["TableName"]
        return self._do("Query", table, (given.get("IndexName", ""),), lambda: self._query(table, given))

    def _do(
        self, operation: str, table: str, key: Key, effect: Callable[[], dict[str, Any]]
    ) -> dict[str, Any]:
        return self.call("dynamodb", operation, f"{table} {' '.join(key)}", effect)

    def _put(self, table: str, key: Key, item: Item, given: Mapping[str, Any]) -> dict[str, Any]:
        self._check(table, key, given, [])
        self.tables.write(table, key, dict(item))
        return {}

    def _update(self, table: str, key: Key, given: Mapping[str, Any]) -> dict[str, Any]:
        there = self._check(table, key, given, [given["UpdateExpression"]])
        item = updated(there or given["Key"], given)
        self.tables.write(table, key, item)
        return {"Attributes": item}

    def _check(self, table: str, key: Key, given: Mapping[str, Any], others: list[str]) -> Item | None:
        there = self.tables.items[table].get(key)
        text = given.get("ConditionExpression")
        values, names = given.get("ExpressionAttributeValues", {}), given.get("ExpressionAttributeNames", {})
        check_used([text or "", *others], values, names)
        if text is not None and not condition(text)(Given(there or {}, values, names)):
            error: Any = {"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}}
            if there is not None and given.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD":
                error["Item"] = there
            raise ClientError(error, "Write")
        return there

    def _get(self, table: str, key: Key, consistent: bool) -> dict[str, Any]:
        item = self.tables.read(table, key, consistent=consistent)
        return {} if item is None else {"Item": item}

    def _query(self, table: str, given: Mapping[str, Any]) -> dict[str, Any]:
        values, holds = given["ExpressionAttributeValues"], condition(given["KeyConditionExpression"])
        check_used([given["KeyConditionExpression"]], values, {})
        indexed = given.get("IndexName") == "due"
        rows = self.tables.index() if indexed else self.tables.rows(table)
        found = [row for row in rows if holds(Given(row, values, {}))]
        start = given.get("ExclusiveStartKey")
        if start is not None:
            found = [row for row in found if _key(table, row) > _key(table, start)]
        limit = given.get("Limit", len(found))
        page: dict[str, Any] = {"Items": found[:limit]}
        if len(found) > limit:
            page["LastEvaluatedKey"] = {name: found[limit - 1][name] for name in SCHEMA[table]}
        return page


def _key(table: str, item: Mapping[str, Any]) -> Key:
    return tuple(str(plain(item[name])) for name in SCHEMA[table])
