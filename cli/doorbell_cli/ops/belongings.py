"""What there is of a tenant, found by reading alone; broken items too."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.log import DAY_SECONDS
from doorbell.store.event_log import EventLog
from doorbell.store.replay_jobs import jobs_partition
from doorbell.store.tables import marshal, unmarshal
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
        """The ids of replay jobs, which are kept as events are."""
        items = self._query(
            TableName=self.target.table("Events"),
            IndexName="by_tenant",
            KeyConditionExpression="tenant_day = :jobs",
            ExpressionAttributeValues=marshal({":jobs": jobs_partition(self.tenant_id)}),
        )
        return (item["event_id"]["S"] for item in items)

    def keys(self, event_id: str) -> Iterator[Item]:
        """Of everything under an event or a job, in DynamoDB's own form."""
        return self._query(
            TableName=self.target.table("Events"),
            KeyConditionExpression="event_id = :id",
            ExpressionAttributeValues=marshal({":id": event_id}),
            ProjectionExpression="event_id, sk",
            ConsistentRead=True,
        )

    def bodies(self) -> Iterator[str]:
        """Their keys in the bucket."""
        pages = self.target.client("s3").get_paginator("list_objects_v2")
        with translated("s3", "ListObjectsV2"):
            found = pages.paginate(Bucket=self.target.output("BodiesBucketName"), Prefix=f"{self.tenant_id}/")
            for page in found:
                yield from (row["Key"] for row in page.get("Contents", []))

    def _of_tenant(self, table: str, **more: Any) -> Iterator[Item]:
        return self._query(
            TableName=self.target.table(table),
            KeyConditionExpression="tenant_id = :tenant",
            ExpressionAttributeValues=marshal({":tenant": self.tenant_id}),
            **more,
        )

    def _query(self, **call: Any) -> Iterator[Item]:
        with translated("dynamodb", "Query"):
            for page in self.target.client("dynamodb").get_paginator("query").paginate(**call):
                yield from page["Items"]
