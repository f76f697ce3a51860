"""What there is of a tenant in a target, as the layer finds it, and what its items refer to."""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from doorbell.aws_errors import translated
from doorbell.runtime.purging import SIDE_BY_SIDE, Places, drawers, span_of
from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell.usecases.purge import Drawer
from doorbell_cli.ops.tenants import DEFAULT
from doorbell_cli.target import Target

type Item = dict[str, Any]


def places(target: Target) -> Places:
    """A stack of before there was one of the last three tables has none."""
    return Places(
        sources=target.table("Sources"),
        subscriptions=target.table("Subscriptions"),
        event_types=target.table("EventTypes"),
        endpoints=target.table("Endpoints"),
        events=target.table("Events"),
        routes=_newer(target.outputs, "Routes"),
        refused=_newer(target.outputs, "Refused"),
        rollups=_newer(target.outputs, "Rollups"),
        bodies=target.output("BodiesBucketName"),
    )


def _newer(outputs: Mapping[str, str], table: str) -> str:
    return outputs.get(f"{table}TableName", "")


def belongings(target: Target, tenant_id: str, pool: ThreadPoolExecutor) -> Sequence[Drawer]:
    """In the order in which a purge removes them. `pool`: of `SIDE_BY_SIDE`."""
    clients = target.client("dynamodb"), target.client("s3")
    return drawers(*clients, places(target), span_of(tenant_id, time.time()), pool)


def pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(SIDE_BY_SIDE)


@dataclass(frozen=True, slots=True)
class Written:
    """What people wrote, whole; broken items too."""

    target: Target
    tenant_id: str

    def items(self) -> Iterator[Item]:
        """Sources by a scan: one has no key above its own."""
        with translated("dynamodb", "Scan"):
            found = self._pages("scan", "Sources")
            yield from (one for one in found if one.get("tenant_id", DEFAULT) == self.tenant_id)
        with translated("dynamodb", "Query"):
            yield from self._pages(
                "query",
                "Subscriptions",
                KeyConditionExpression="tenant_id = :tenant",
                ExpressionAttributeValues=marshal({":tenant": self.tenant_id}),
            )

    def _pages(self, operation: str, table: str, **call: Any) -> Iterator[Item]:
        pages = self.target.client("dynamodb").get_paginator(operation)
        for page in pages.paginate(TableName=self.target.table(table), **call):
            yield from map(unmarshal, page["Items"])
