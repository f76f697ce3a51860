"""DynamoDB and S3 as a purge asks them: the index of tenants' days, filtered scans in small pages, batches of
which a death leaves a part."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.fakes_dynamo import SCHEMA, DynamoClient
from tests.support.fakes_expressions import Given, Item, condition

SCANNED = 3
"""Items of a page."""


class PurgesClient(DynamoClient):
    def query(self, **given: Any) -> dict[str, Any]:
        if given.get("IndexName") != "by_tenant":
            return super().query(**given)
        return self._do("Query", "events", ("by_tenant",), lambda: self._of_days(given))

    def _of_days(self, given: Mapping[str, Any]) -> dict[str, Any]:
        holds = condition(given["KeyConditionExpression"])
        rows = [row for row in self.tables.rows("events") if "tenant_day" in row]
        found = [row for row in rows if holds(Given(row, given["ExpressionAttributeValues"], {}))]
        found.sort(
            key=lambda row: float(row["created_at"]["N"]), reverse=not given.get("ScanIndexForward", True)
        )
        start = given.get("ExclusiveStartKey")
        if start is not None:
            found = [row for row in found if _place(row) > _place(start)]
        return _page(found, given.get("Limit", 1000), ("event_id", "sk", "tenant_day", "created_at"))

    def scan(self, **given: Any) -> dict[str, Any]:
        table = given["TableName"]
        return self._do("Scan", table, (), lambda: self._scanned(table, given))

    def _scanned(self, table: str, given: Mapping[str, Any]) -> dict[str, Any]:
        rows, start = self.tables.rows(table), given.get("ExclusiveStartKey")
        if start is not None:
            behind = [start[name] for name in SCHEMA[table]]
            rows = [row for row in rows if str([row[name] for name in SCHEMA[table]]) > str(behind)]
        page = _page(rows, SCANNED, SCHEMA[table])
        if "FilterExpression" in given:
            page["Items"] = [row for row in page["Items"] if _holds(row, given)]
        return page

    def batch_write_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:
        """One by one: it is no transaction."""
        ((table, requests),) = RequestItems.items()
        assert len(requests) <= 25
        for request in requests:
            super().batch_write_item(RequestItems={table: [request]})
        return {"UnprocessedItems": {}}


def _page(rows: list[Item], limit: int, key: tuple[str, ...]) -> dict[str, Any]:
    page: dict[str, Any] = {"Items": rows[:limit]}
    if len(rows) > limit:
        page["LastEvaluatedKey"] = {name: rows[limit - 1][name] for name in key}
    return page


def _holds(row: Item, given: Mapping[str, Any]) -> bool:
    """One of its parts does: `name = :value`, `begins_with(name, :value)`."""
    names, values = given.get("ExpressionAttributeNames", {}), given["ExpressionAttributeValues"]
    for part in given["FilterExpression"].split(" OR "):
        found = re.fullmatch(r"begins_with\((\S+), (:\w+)\)|(\S+) = (:\w+)", part)
        if found is None:
            raise ValueError(f"ValidationException: {part}")
        text = row.get(names.get(name := found[1] or found[3], name), {"S": ""})["S"]
        wanted = values[found[2] or found[4]]["S"]
        if text == wanted or (found[1] is not None and text.startswith(wanted)):
            return True
    return False


def _place(row: Mapping[str, Any]) -> tuple[float, str]:
    return float(row["created_at"]["N"]), str(row["event_id"]["S"])


@dataclass
class Objects:
    """An S3 client over `keys`; pages of `SCANNED`. `call`: as DynamoClient's."""

    call: Any
    keys: set[str] = field(default_factory=set)
    removed: Callable[[str], None] = lambda key: None

    def list_objects_v2(self, *, Bucket: str, Prefix: str, StartAfter: str = "") -> dict[str, Any]:
        def effect() -> dict[str, Any]:
            found = sorted(key for key in self.keys if key.startswith(Prefix) and key > StartAfter)
            rows = [{"Key": key} for key in found[:SCANNED]]
            return {"Contents": rows, "IsTruncated": len(found) > SCANNED}

        answer: dict[str, Any] = self.call("s3", "ListObjectsV2", Prefix, effect)
        return answer

    def delete_objects(self, *, Bucket: str, Delete: dict[str, Any]) -> dict[str, Any]:
        for one in Delete["Objects"]:
            self.call("s3", "DeleteObjects", one["Key"], lambda key=one["Key"]: self._remove(key))
        return {}

    def _remove(self, key: str) -> None:
        self.removed(key)
        self.keys.discard(key)
