"""What there is of a tenant, found by reading alone; broken items too."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.large import prefix_of as large_prefix
from doorbell.domain.log import DAY_SECONDS
from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell.store.events.backfill_items import backfills_partition
from doorbell.store.events.event_log import EventLog
from doorbell.store.events.job_items import works_partition
from doorbell.store.events.operations import operations_partition
from doorbell.store.events.replay_jobs import jobs_partition
from doorbell.store.refused.refused_items import bodies_prefix
from doorbell.store.rollups.rollup_table import AT, HOLDER, prefixes
from doorbell.store.routes.items import about_key, entry_key, manifest_from, manifest_key, manifests_pk
from doorbell_cli.ops.tenants import DEFAULT
from doorbell_cli.ops.times import KEPT_DAYS
from doorbell_cli.target import Target

type Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Belongings:
    target: Target
    tenant_id: str

    def sources(self) -> list[Item]:
        """A scan: a source has no key above its own."""
        with translated("dynamodb", "Scan"):
            pages = self.target.client("dynamodb").get_paginator("scan")
            items = [i for p in pages.paginate(TableName=self.target.table("Sources")) for i in p["Items"]]
        sources = [unmarshal(item) for item in items]
        return [source for source in sources if source.get("tenant_id", DEFAULT) == self.tenant_id]

    def subscriptions(self) -> list[Item]:
        return [unmarshal(item) for item in self._of_tenant("Subscriptions")]

    def event_types(self) -> list[str]:
        """Their names: schemas may be long."""
        found = self._of_tenant("EventTypes", ProjectionExpression="event_type")
        return [item["event_type"]["S"] for item in found]

    def events(self) -> Iterator[str]:
        """Their ids. Whoever deletes while this walks finds each once: the index is read page by page."""
        now = time.time()
        log = EventLog(self.target.client("dynamodb"), self.target.table("Events"))
        rows = log.between(self.tenant_id, now - KEPT_DAYS * DAY_SECONDS, now + DAY_SECONDS)
        return (row.event_id for row in rows)

    def jobs(self) -> Iterator[str]:
        """The ids of jobs and back-fills, which are kept as events are."""
        yield from self._beside_events(jobs_partition(self.tenant_id))
        yield from self._beside_events(works_partition(self.tenant_id))
        yield from self._beside_events(backfills_partition(self.tenant_id))

    def operations(self) -> Iterator[str]:
        """The ids of what people changed, kept likewise."""
        return self._beside_events(operations_partition(self.tenant_id))

    def keys(self, event_id: str) -> Iterator[Item]:
        """Of everything under an event or a job, in DynamoDB's own form."""
        return self._query(
            TableName=self.target.table("Events"),
            KeyConditionExpression="event_id = :id",
            ExpressionAttributeValues=marshal({":id": event_id}),
            ProjectionExpression="event_id, sk",
            ConsistentRead=True,
        )

    def refused(self) -> list[Item]:
        """The keys of what is kept of refused requests, in DynamoDB's own form. A scan: a source that was
        deleted has left some. None in a stack of before there was such a table."""
        if "RefusedTableName" not in self.target.outputs:
            return []
        call = {
            "TableName": self.target.table("Refused"),
            "FilterExpression": "tenant_id = :tenant",
            "ExpressionAttributeValues": marshal({":tenant": self.tenant_id}),
            "ProjectionExpression": "source_id, sk",
        }
        return self._scanned(call)

    def rollups(self) -> list[Item]:
        """The keys of its counts, in DynamoDB's own form. A scan: what was deleted has left some. None in a
        stack of before there was such a table."""
        if "RollupsTableName" not in self.target.outputs:
            return []
        sources, subscriptions = prefixes(self.tenant_id)
        call = {
            "TableName": self.target.table("Rollups"),
            "FilterExpression": "begins_with(#holder, :sources) OR begins_with(#holder, :subscriptions)",
            "ExpressionAttributeNames": {"#holder": HOLDER, "#at": AT},
            "ExpressionAttributeValues": marshal({":sources": sources, ":subscriptions": subscriptions}),
            "ProjectionExpression": "#holder, #at",
        }
        return self._scanned(call)

    def routes(self) -> Iterator[Item]:
        """The keys of what the routing index has of it, manifests last: they tell the others. None in a stack
        of before there was one."""
        if "RoutesTableName" not in self.target.outputs:
            return
        manifests = list(
            self._query(
                TableName=self.target.table("Routes"),
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues=marshal({":pk": manifests_pk(self.tenant_id)}),
                ConsistentRead=True,
            )
        )
        for item in manifests:
            filed, name = manifest_from(item), item["sk"]["S"]
            yield from (entry_key(self.tenant_id, one, name) for one in (*filed.places, *filed.leaving))
        yield about_key(self.tenant_id)
        yield from (manifest_key(self.tenant_id, item["sk"]["S"]) for item in manifests)

    def bodies(self) -> Iterator[str]:
        """Their keys in the bucket."""
        pages = self.target.client("s3").get_paginator("list_objects_v2")
        for prefix in (f"{self.tenant_id}/", bodies_prefix(self.tenant_id), large_prefix(self.tenant_id)):
            with translated("s3", "ListObjectsV2"):
                for page in pages.paginate(Bucket=self.target.output("BodiesBucketName"), Prefix=prefix):
                    yield from (row["Key"] for row in page.get("Contents", []))

    def _beside_events(self, partition: str) -> Iterator[str]:
        items = self._query(
            TableName=self.target.table("Events"),
            IndexName="by_tenant",
            KeyConditionExpression="tenant_day = :partition",
            ExpressionAttributeValues=marshal({":partition": partition}),
        )
        return (item["event_id"]["S"] for item in items)

    def _of_tenant(self, table: str, **more: Any) -> Iterator[Item]:
        return self._query(
            TableName=self.target.table(table),
            KeyConditionExpression="tenant_id = :tenant",
            ExpressionAttributeValues=marshal({":tenant": self.tenant_id}),
            **more,
        )

    def _scanned(self, call: dict[str, Any]) -> list[Item]:
        with translated("dynamodb", "Scan"):
            pages = self.target.client("dynamodb").get_paginator("scan").paginate(**call)
            return [item for page in pages for item in page["Items"]]

    def _query(self, **call: Any) -> Iterator[Item]:
        with translated("dynamodb", "Query"):
            for page in self.target.client("dynamodb").get_paginator("query").paginate(**call):
                yield from page["Items"]
