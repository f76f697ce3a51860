"""Whose events there are: the tenants of the Sources and Subscriptions tables.

`tenants` scans both, tenant ids alone: the tables people write, not the events. A tenant whose last source
and subscription are gone is not found so; name it with --tenant. `page_of_tenants` reads a page of Sources.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from doorbell.aws_errors import translated
from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell_cli.target import Target

DEFAULT = "default"
SOURCES = 1_000
"""That a page of tenants reads: some 60 read units with items of 500 bytes."""
COUNTED = 1_000
"""Items of a tenant that a count looks at: as many read units as that at most."""


@dataclass(slots=True)
class TenantSources:
    """How many sources of a tenant are on a page, and how many of them are disabled."""

    tenant_id: str
    sources: int = 0
    disabled: int = 0


@dataclass(slots=True)
class TenantPage:
    """`rows` by name. `odd`: sources whose tenant is no name. `after`: the source to go on after, None at the
    end."""

    rows: list[TenantSources]
    looked_at: int = 0
    odd: int = 0
    after: str | None = None


def tenants(target: Target, given: Sequence[str]) -> list[str]:
    """`given`, or all that are configured."""
    if given:
        return list(dict.fromkeys(given))
    return sorted({*_of(target, "Sources"), *_of(target, "Subscriptions")})


def page_of_tenants(target: Target, after: str | None, most: int) -> TenantPage:
    """Up to `most` tenants of a page of sources, by one Scan. It has no order, so a tenant may stand on
    several pages, on each with the sources that are there."""
    call: dict[str, Any] = {
        "TableName": target.table("Sources"),
        "Limit": SOURCES,
        "ProjectionExpression": "source_id, tenant_id, enabled",
    }
    if after is not None:
        call["ExclusiveStartKey"] = marshal({"source_id": after})
    with translated("dynamodb", "Scan"):
        answer = target.client("dynamodb").scan(**call)
    found, page = dict[str, TenantSources](), TenantPage([])
    last: str | None = None
    for item in map(unmarshal, answer["Items"]):
        tenant = item.get("tenant_id", DEFAULT)
        if isinstance(tenant, str) and tenant:
            if tenant not in found and len(found) == most:
                page.after = last
                break
            row = found.setdefault(tenant, TenantSources(tenant))
            row.sources += 1
            row.disabled += item.get("enabled") is False
        else:
            page.odd += 1
        page.looked_at += 1
        last = str(item["source_id"])
    else:
        key = answer.get("LastEvaluatedKey")
        page.after = None if key is None else str(unmarshal(key)["source_id"])
    page.rows = sorted(found.values(), key=lambda row: row.tenant_id)
    return page


def count_of(target: Target, table: str, tenant_id: str) -> tuple[int, bool]:
    """A tenant's items in `Subscriptions` or `EventTypes`, up to `COUNTED`, and whether there are more: one
    Query."""
    with translated("dynamodb", "Query"):
        answer = target.client("dynamodb").query(
            TableName=target.table(table),
            KeyConditionExpression="tenant_id = :tenant",
            ExpressionAttributeValues=marshal({":tenant": tenant_id}),
            Select="COUNT",
            Limit=COUNTED + 1,
        )
    found = int(answer["Count"])
    return min(found, COUNTED), found > COUNTED or "LastEvaluatedKey" in answer


def _of(target: Target, table: str) -> Iterator[str]:
    with translated("dynamodb", "Scan"):
        pages = target.client("dynamodb").get_paginator("scan")
        for page in pages.paginate(TableName=target.table(table), ProjectionExpression="tenant_id"):
            for item in page["Items"]:
                yield str(unmarshal(item).get("tenant_id", DEFAULT))
