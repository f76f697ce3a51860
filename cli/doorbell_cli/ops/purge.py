"""Removing everything of a tenant, in an order in which a crash leaves nothing that a second run cannot find.

1. Sources and subscriptions, so that nothing new comes; their endpoints' health.
2. Event by event through the event log: deliveries and routing pages first, the event item (which is what the
   log finds) last. Replay jobs in the same way.
3. Bodies in the bucket, by prefix.

Every step is a deletion and can be repeated. A worker at that moment cannot bring an item back: all its
writes are conditioned on what it deletes. Events still on the queues can: `waiting` counts the messages, the
proof is whole once they are through and a second run finds nothing.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import batched
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.errors import Unavailable
from doorbell.domain.log import DAY_SECONDS
from doorbell.domain.subscriptions import scoped
from doorbell.store.event_log import EventLog
from doorbell.store.replay_jobs import jobs_partition
from doorbell.store.tables import marshal, unmarshal
from doorbell_cli.ops.queues import depth
from doorbell_cli.ops.subscribed import subscription_ids
from doorbell_cli.ops.tenants import DEFAULT
from doorbell_cli.target import Target

KEPT_DAYS = 367
"""The longest retention the template offers, and a day for each end."""
WRITE_BATCH = 25
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html"""
S3_BATCH = 1000
TRIES = 8
SIDE_BY_SIDE = 8

type Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """What there is of a tenant. `waiting` are messages of all tenants on the events queue and its DLQ."""

    sources: int
    subscriptions: int
    events: int
    jobs: int
    bodies: int
    waiting: int

    @property
    def total(self) -> int:
        return self.sources + self.subscriptions + self.events + self.jobs + self.bodies


@dataclass(frozen=True, slots=True)
class Purge:
    target: Target
    tenant_id: str

    def count(self) -> Found:
        """By reading alone: what a purge would remove, and, after it, that it did."""
        return Found(
            sources=len(self._sources()),
            subscriptions=len(subscription_ids(self.target, self.tenant_id)),
            events=sum(1 for _ in self._events()),
            jobs=sum(1 for _ in self._jobs()),
            bodies=sum(1 for _ in self._bodies()),
            waiting=depth(self.target, "Events") + depth(self.target, "EventsDeadLetter"),
        )

    def secret_references(self) -> list[str]:
        """What the tenant's items refer to. Not removed: others may refer to the same."""
        items = [*self._sources(), *self._subscriptions()]
        return sorted({reference for item in items for reference in item.get("secrets", [])})

    def run(self, watch: Callable[[int], None]) -> None:
        """`watch` hears how many events are gone."""
        self._delete_configuration()
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            for batch in batched(self._events(), 200, strict=False):
                for _ in pool.map(self._delete_event, batch):
                    pass
                watch(len(batch))
        for event_id in self._jobs():
            self._delete_event(event_id)
        for keys in batched(self._bodies(), S3_BATCH, strict=False):
            self._delete_bodies(keys)

    def _delete_configuration(self) -> None:
        sources = [{"source_id": item["source_id"]} for item in self._sources()]
        self._delete("Sources", [marshal(key) for key in sources])
        names = subscription_ids(self.target, self.tenant_id)
        keys = [{"tenant_id": self.tenant_id, "subscription_id": name} for name in names]
        self._delete("Subscriptions", [marshal(key) for key in keys])
        endpoints = [{"subscription_id": scoped(self.tenant_id, name)} for name in names]
        self._delete("Endpoints", [marshal(key) for key in endpoints])

    def _delete_event(self, event_id: str) -> None:
        keys = list(self._keys(event_id))
        last = [key for key in keys if key["sk"]["S"] in ("event", "job")]
        self._delete("Events", [key for key in keys if key not in last])
        self._delete("Events", last)

    def _keys(self, event_id: str) -> Iterator[Item]:
        return self._query(
            TableName=self.target.table("Events"),
            KeyConditionExpression="event_id = :id",
            ExpressionAttributeValues=marshal({":id": event_id}),
            ProjectionExpression="event_id, sk",
            ConsistentRead=True,
        )

    def _events(self) -> Iterator[str]:
        """Whoever deletes while this walks finds each event once: the index is read page by page."""
        now = time.time()
        log = EventLog(self.target.client("dynamodb"), self.target.table("Events"))
        rows = log.between(self.tenant_id, now - KEPT_DAYS * DAY_SECONDS, now + DAY_SECONDS)
        return (row.event_id for row in rows)

    def _jobs(self) -> Iterator[str]:
        items = self._query(
            TableName=self.target.table("Events"),
            IndexName="by_tenant",
            KeyConditionExpression="tenant_day = :jobs",
            ExpressionAttributeValues=marshal({":jobs": jobs_partition(self.tenant_id)}),
        )
        return (item["event_id"]["S"] for item in items)

    def _sources(self) -> list[Item]:
        with translated("dynamodb", "Scan"):
            pages = self.target.client("dynamodb").get_paginator("scan")
            items = [i for p in pages.paginate(TableName=self.target.table("Sources")) for i in p["Items"]]
        sources = [unmarshal(item) for item in items]
        return [source for source in sources if source.get("tenant_id", DEFAULT) == self.tenant_id]

    def _subscriptions(self) -> Iterator[Item]:
        return map(
            unmarshal,
            self._query(
                TableName=self.target.table("Subscriptions"),
                KeyConditionExpression="tenant_id = :tenant",
                ExpressionAttributeValues=marshal({":tenant": self.tenant_id}),
            ),
        )

    def _query(self, **call: Any) -> Iterator[Item]:
        with translated("dynamodb", "Query"):
            for page in self.target.client("dynamodb").get_paginator("query").paginate(**call):
                yield from page["Items"]

    def _bodies(self) -> Iterator[str]:
        pages = self.target.client("s3").get_paginator("list_objects_v2")
        with translated("s3", "ListObjectsV2"):
            found = pages.paginate(Bucket=self.target.output("BodiesBucketName"), Prefix=f"{self.tenant_id}/")
            for page in found:
                yield from (row["Key"] for row in page.get("Contents", []))

    def _delete_bodies(self, keys: Iterable[str]) -> None:
        with translated("s3", "DeleteObjects"):
            answer = self.target.client("s3").delete_objects(
                Bucket=self.target.output("BodiesBucketName"),
                Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True},
            )
        if answer.get("Errors"):
            raise Unavailable("s3", "DeleteObjects", answer["Errors"][0]["Code"])

    def _delete(self, table: str, keys: Sequence[Item]) -> None:
        name = self.target.table(table)
        for batch in batched(keys, WRITE_BATCH, strict=False):
            left: Item = {name: [{"DeleteRequest": {"Key": key}} for key in batch]}
            for attempt in range(TRIES):
                with translated("dynamodb", "BatchWriteItem"):
                    answer = self.target.client("dynamodb").batch_write_item(RequestItems=left)
                left = answer.get("UnprocessedItems") or {}
                if not left:
                    break
                time.sleep(0.05 * 2**attempt)
            else:
                raise Unavailable("dynamodb", "BatchWriteItem", "UnprocessedItems")
