"""DynamoDB in memory: the client calls Doorbell makes, with real conditions, stale reads and a lagging index.

The real adapters of `doorbell.store` run on it. By default nothing goes wrong; the simulation passes a
`call` through which every operation goes, and lags.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from operator import gt, lt
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
    "routes": ("pk", "sk"),
    "event_types": ("tenant_id", "event_type"),
    "refused": ("source_id", "sk"),
    "rollups": ("holder", "at"),
}
INDEXES: dict[str, tuple[str, tuple[str, ...]]] = {
    "due": ("events", ("due_shard", "due_at", "attempts_made", "tenant_id")),
    "shelf": (
        "events",
        (
            "shelf",
            "shelf_at",
            "attempts_made",
            "tenant_id",
            "state",
            "reason",
            "status",
            "error",
            "event_type",
        ),
    ),
    "undelivered": ("events", ("subscription_id", "ended_at", "state", "reason", "tenant_id")),
    "wake": ("endpoints", ("wake_shard", "wake_at", "wake_pace")),
}
"""Of which table, and its attributes beside the table's key: the first two are its own key."""


@dataclass
class Tables:
    """The data. `listeners` hear of every write: table, key, item before, item after. `read_lag` and
    `index_lag` in seconds: how far behind an eventually consistent read and an index may be. `no_index`:
    those that are not there yet."""

    clock: Callable[[], float]
    read_lag: Callable[[], float] = lambda: 0.0
    index_lag: Callable[[], float] = lambda: 0.0
    items: dict[str, dict[Key, Item]] = field(default_factory=lambda: {name: {} for name in SCHEMA})
    listeners: list[Callable[[str, Key, Item | None, Item | None], None]] = field(default_factory=list)
    _before: dict[tuple[str, Key], tuple[float, Item | None]] = field(default_factory=dict)
    no_index: set[str] = field(default_factory=set)
    _index: dict[str, dict[Key, Item]] = field(default_factory=lambda: {name: {} for name in INDEXES})
    _arriving: dict[tuple[str, Key], list[tuple[float, Item | None]]] = field(default_factory=dict)
    _sorted: dict[str, list[Item]] = field(default_factory=dict)

    def write(self, table: str, key: Key, item: Item | None) -> None:
        before = self.items[table].get(key)
        self._before[table, key] = (self.clock(), before)
        if item is None:
            self.items[table].pop(key, None)
        else:
            self.items[table][key] = item
        for name, (of_table, _) in INDEXES.items():
            if table == of_table:
                self._index_written(name, key, before, item)
        for listener in self.listeners:
            listener(table, key, before, item)

    def _index_written(self, name: str, key: Key, before: Item | None, item: Item | None) -> None:
        """A write that changes nothing of a row does not touch the index."""
        was, row = _index_row(name, before), _index_row(name, item)
        if was == row and name != "due":
            return
        if was is None and row is None:
            return
        waiting = self._arriving.setdefault((name, key), [])
        at = self.clock() + (0.0 if _is_for_people(name, was, row) else self.index_lag())
        waiting.append((max(at, waiting[-1][0]) if waiting else at, row))

    def read(self, table: str, key: Key, *, consistent: bool) -> Item | None:
        if not consistent and (table, key) in self._before:
            written_at, before = self._before[table, key]
            if self.clock() < written_at + self.read_lag():
                return before
        return self.items[table].get(key)

    def known(self, table: str) -> list[Key]:
        """Keys that were ever written."""
        return [key for name, key in self._before if name == table]

    def rows(self, table: str) -> list[Item]:
        """All items, in order of their keys."""
        return [row for _, row in sorted(self.items[table].items())]

    def index(self, name: str = "due") -> list[Item]:
        """An index as it is seen now, in order of its sort key."""
        now = self.clock()
        for (index, key), waiting in list(self._arriving.items()):
            while waiting and waiting[0][0] <= now:
                row = waiting.pop(0)[1]
                self._sorted.pop(index, None)
                self._index[index].pop(key, None)
                if row is not None:
                    self._index[index][key] = row
            if not waiting:
                del self._arriving[index, key]
        if name not in self._sorted:
            self._sorted[name] = sorted(self._index[name].values(), key=lambda row: _place(name, row))
        return self._sorted[name]


def _place(name: str, row: Mapping[str, Any]) -> tuple[Any, ...]:
    """By what an index sorts a row; of one key of its own."""
    table, (_, at, *_) = INDEXES[name]
    return (float(row[at]["N"]), *(row[part]["S"] for part in SCHEMA[table][1:]))


def _after(
    rows: list[Item], table: str, name: str | None, start: Mapping[str, Any], forward: bool
) -> list[Item]:
    """What comes behind a key, which may be gone since it was read."""
    keys, key = [_key(table, row) for row in rows], _key(table, start)
    if key in keys:
        return rows[1 + keys.index(key) :]
    behind = gt if forward else lt
    if name is None:
        return [row for row, other in zip(rows, keys, strict=True) if behind(other, key)]
    return [row for row in rows if behind(_place(name, row), _place(name, start))]


def _index_row(name: str, item: Item | None) -> Item | None:
    table, names = INDEXES[name]
    if item is None or any(name not in item for name in names[:2]):
        return None
    return {part: item[part] for part in (*SCHEMA[table], *names) if part in item}


def _is_for_people(name: str, was: Item | None, row: Item | None) -> bool:
    """Whether no step of the gateway hangs on it: it may as well be there at once."""
    new_in_history = was is None and row is not None and row.get("shelf", {"S": ""})["S"].startswith("done#")
    return name == "undelivered" or new_in_history


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

    def delete_item(self, **given: Any) -> dict[str, Any]:
        table, key = given["TableName"], _key(given["TableName"], given["Key"])
        return self._do("DeleteItem", table, key, lambda: self._delete(table, key, given))

    def batch_execute_statement(self, *, Statements: list[dict[str, Any]]) -> dict[str, Any]:
        return execute_each(self, SCHEMA["events"], Statements)

    def get_item(self, **given: Any) -> dict[str, Any]:
        table, key = given["TableName"], _key(given["TableName"], given["Key"])
        consistent = given.get("ConsistentRead", False)
        return self._do("GetItem", table, key, lambda: _projected(self._get(table, key, consistent), given))

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:
        asked = [(table, key) for table, wanted in RequestItems.items() for key in wanted["Keys"]]
        assert len(asked) <= 100, "a BatchGetItem of more than a hundred keys"
        found: dict[str, Any] = {table: [] for table in RequestItems}

        def effect() -> dict[str, Any]:
            for table, key in asked:
                consistent = RequestItems[table].get("ConsistentRead", False)
                item = _projected(self._get(table, _key(table, key), consistent), RequestItems[table])
                found[table] += [item["Item"]] if item else []
            return {"Responses": found, "UnprocessedKeys": {}}

        table, key = asked[0]
        return self._do("BatchGetItem", table, _key(table, key), effect)

    def batch_write_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:
        (table,) = RequestItems

        def effect() -> dict[str, Any]:
            for request in RequestItems[table]:
                ((kind, wanted),) = request.items()
                if kind == "PutRequest":
                    self.tables.write(table, _key(table, wanted["Item"]), dict(wanted["Item"]))
                else:
                    self._delete(table, _key(table, wanted["Key"]), {})
            return {"UnprocessedItems": {}}

        return self._do("BatchWriteItem", table, (), effect)

    def transact_write_items(self, *, TransactItems: list[dict[str, Any]]) -> dict[str, Any]:
        table = next(iter(TransactItems[0].values()))["TableName"]
        return self._do("TransactWriteItems", table, (), lambda: self._transact(TransactItems))

    def execute_statement(self, **given: Any) -> dict[str, Any]:
        return self._do("ExecuteStatement", "", (), lambda: self._select(**given))

    def scan(self, **given: Any) -> dict[str, Any]:
        table = given["TableName"]
        return self._do("Scan", table, (), lambda: {"Items": self.tables.rows(table)})

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

    def _delete(self, table: str, key: Key, given: Mapping[str, Any]) -> dict[str, Any]:
        self._check(table, key, given, [])
        self.tables.write(table, key, None)
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

    def _transact(self, writes: list[dict[str, Any]]) -> dict[str, Any]:
        """All of them or none; no item twice; a hundred at most."""
        each = [(kind, given) for write in writes for kind, given in write.items()]
        keys = [(one["TableName"], _key(one["TableName"], one.get("Key") or one["Item"])) for _, one in each]
        if len(set(keys)) < len(keys) or len(keys) > 100:
            raise ValueError(f"ValidationException: {len(keys)} items, {len(set(keys))} of them distinct")
        reasons = []
        for (_, given), (table, key) in zip(each, keys, strict=True):
            try:
                self._check(table, key, given, [given.get("UpdateExpression", "")])
                reasons.append({"Code": "None"})
            except ClientError:
                reasons.append({"Code": "ConditionalCheckFailed"})
        if any(reason["Code"] != "None" for reason in reasons):
            error: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
            raise ClientError(error, "TransactWriteItems")
        for (kind, given), (table, key) in zip(each, keys, strict=True):
            if kind == "Put":
                self.tables.write(table, key, dict(given["Item"]))
            elif kind == "Update":
                self._update(table, key, given)
            else:
                self._delete(table, key, given)
        return {}

    def _select(self, Statement: str, Parameters: list[Any], NextToken: str = "") -> dict[str, Any]:
        """Pages of ten."""
        found = re.fullmatch(r'SELECT \* FROM "(\w+)" WHERE "pk" IN \[(\?(?:, \?)*)\]', Statement)
        if found is None or found[2].count("?") != len(Parameters) or len(Parameters) > 50:
            raise ValueError(f"ValidationException: {Statement} with {len(Parameters)} parameters")
        rows = [row for one in Parameters for row in self._of_key(found[1], one["S"])]
        start = int(NextToken or 0)
        more = {"NextToken": str(start + 10)} if len(rows) > start + 10 else {}
        return {"Items": rows[start : start + 10], **more}

    def _of_key(self, table: str, pk: str) -> list[Item]:
        """Eventually consistent: what was deleted may be seen for a while, what was put may not."""
        everywhere = chain(self.tables.items[table], self.tables.known(table))
        known = sorted({key for key in everywhere if key[0] == pk})
        read = [self.tables.read(table, key, consistent=False) for key in known]
        return [row for row in read if row is not None]

    def _get(self, table: str, key: Key, consistent: bool) -> dict[str, Any]:
        item = self.tables.read(table, key, consistent=consistent)
        return {} if item is None else {"Item": item}

    def _query(self, table: str, given: Mapping[str, Any]) -> dict[str, Any]:
        values, holds = given["ExpressionAttributeValues"], condition(given["KeyConditionExpression"])
        check_used([given["KeyConditionExpression"]], values, {})
        name = given.get("IndexName")
        if name in self.tables.no_index:
            error: Any = {"Error": {"Code": "ValidationException", "Message": "no such index"}}
            raise ClientError(error, "Query")
        rows = self.tables.rows(table) if name is None else self.tables.index(name)
        found = [row for row in rows if holds(Given(row, values, {}))]
        start, forward = given.get("ExclusiveStartKey"), given.get("ScanIndexForward", True)
        found = found if forward else found[::-1]
        found = found if start is None else _after(found, table, name, start, forward)
        limit = given.get("Limit", len(found))
        page: dict[str, Any] = {"Items": found[:limit]}
        if len(found) > limit:
            own = SCHEMA[table] if name is None else (*SCHEMA[table], *INDEXES[name][1][:2])
            page["LastEvaluatedKey"] = {part: found[limit - 1][part] for part in own}
        return page


def _projected(answer: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes that a read asks for: all, or those it names at the top of the item."""
    if not answer or "ProjectionExpression" not in given:
        return answer
    names = given.get("ExpressionAttributeNames", {})
    wanted = [part.strip() for part in given["ProjectionExpression"].split(",")]
    there = answer["Item"]
    return {"Item": {name: there[name] for part in wanted if (name := names.get(part, part)) in there}}


def _key(table: str, item: Mapping[str, Any]) -> Key:
    return tuple(str(plain(item[name])) for name in SCHEMA[table])
