"""Whose events there are: the tenants of the Sources and Subscriptions tables.

A scan of both, tenant ids alone: the tables people write, not the events. A tenant whose last source and
subscription are gone is not found so; name it with --tenant.
"""

from collections.abc import Iterator, Sequence

from doorbell.aws_errors import translated
from doorbell.store.dynamodb.tables import unmarshal
from doorbell_cli.target import Target

DEFAULT = "default"


def tenants(target: Target, given: Sequence[str]) -> list[str]:
    """`given`, or all that are configured."""
    if given:
        return list(dict.fromkeys(given))
    return sorted({*_of(target, "Sources"), *_of(target, "Subscriptions")})


def _of(target: Target, table: str) -> Iterator[str]:
    with translated("dynamodb", "Scan"):
        pages = target.client("dynamodb").get_paginator("scan")
        for page in pages.paginate(TableName=target.table(table), ProjectionExpression="tenant_id"):
            for item in page["Items"]:
                yield str(unmarshal(item).get("tenant_id", DEFAULT))
