"""What is kept of a tenant's refused requests, its counts, and its bodies in the bucket. The tables are
scanned: a source that was deleted has left some."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from doorbell.aws_errors import translated
from doorbell.domain.purges import Things
from doorbell.domain.replays import Cursor
from doorbell.store.belongings.found import scanned
from doorbell.store.belongings.removal import remove_items, remove_objects
from doorbell.store.dynamodb.tables import Item, marshal
from doorbell.store.rollups.rollup_table import AT, HOLDER, prefixes


@dataclass(frozen=True, slots=True)
class Scanned:
    """Items of one table, by their keys. `call`: the Scan that finds these."""

    name: str
    kind: str
    client: Any
    table: str
    call: Mapping[str, Any]

    def page(self, after: Cursor | None) -> Things:
        return Things(*scanned(self.client, {"TableName": self.table, **self.call}, after))

    def weigh(self, found: Sequence[Item]) -> int:
        return len(found)

    def remove(self, found: Sequence[Item]) -> int:
        return remove_items(self.client, self.table, found)


def refused(client: Any, table: str, tenant_id: str) -> Scanned:
    call = {
        "FilterExpression": "tenant_id = :tenant",
        "ExpressionAttributeValues": marshal({":tenant": tenant_id}),
        "ProjectionExpression": "source_id, sk",
    }
    return Scanned("refused", "refused", client, table, call)


def rollups(client: Any, table: str, tenant_id: str) -> Scanned:
    sources, subscriptions = prefixes(tenant_id)
    call = {
        "FilterExpression": "begins_with(#holder, :sources) OR begins_with(#holder, :subscriptions)",
        "ExpressionAttributeNames": {"#holder": HOLDER, "#at": AT},
        "ExpressionAttributeValues": marshal({":sources": sources, ":subscriptions": subscriptions}),
        "ProjectionExpression": "#holder, #at",
    }
    return Scanned("rollups", "rollups", client, table, call)


@dataclass(frozen=True, slots=True)
class Bodies:
    """Objects whose keys begin with `prefix`."""

    name: str
    client: Any
    bucket: str
    prefix: str
    kind: ClassVar[str] = "bodies"

    def page(self, after: Cursor | None) -> Things:
        further = {} if after is None else {"StartAfter": str(after["key"])}
        with translated("s3", "ListObjectsV2"):
            answer = self.client.list_objects_v2(Bucket=self.bucket, Prefix=self.prefix, **further)
        keys = [row["Key"] for row in answer.get("Contents", [])]
        return Things(keys, {"key": keys[-1]} if answer.get("IsTruncated") and keys else None)

    def weigh(self, found: Sequence[str]) -> int:
        """S3 asks nothing for it: https://aws.amazon.com/s3/pricing/"""
        return 0

    def remove(self, found: Sequence[str]) -> int:
        remove_objects(self.client, self.bucket, found)
        return 0
