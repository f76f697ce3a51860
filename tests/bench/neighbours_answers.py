"""What AWS answers fan-out of nine small tenants ("neighbour-3") and a costly one, whose name says in what
("costly-filters-7", "costly-globs-7"): 500 subscriptions, page by page as DynamoDB gives them."""

import json
from functools import cache
from typing import Any

from tests.bench.answered import PAGE_BYTES, all_sent, all_written

COUNT = 500
DOUBLED = "|[@,@]" * 13
COSTLIEST = f"body.[ref,ref]{DOUBLED}"
"""Three quarters of the steps that a filter may take."""
FILTER = COSTLIEST + " && body.ref" * ((4096 - len(COSTLIEST)) // len(" && body.ref"))


def answer(operation: str, request: dict[str, Any]) -> dict[str, Any] | bytes:
    match operation:
        case "Query":
            return _page(request)
        case "GetItem" | "PutItem" | "SendMessage":
            return {}
        case "BatchExecuteStatement":
            return all_written(request)
        case "SendMessageBatch":
            return all_sent(request)
    raise ValueError(f"fan-out asked for {operation}")


def _page(request: dict[str, Any]) -> bytes:
    tenant = request["ExpressionAttributeValues"][":tenant"]["S"]
    after = request.get("ExclusiveStartKey", {}).get("subscription_id", {}).get("S")
    start = 0 if after is None else int(after.rpartition("-")[2]) + 1
    count = COUNT if tenant.startswith("costly") else 1
    return _written(tenant.split("-")[1], count, start, request["Limit"]).replace(b"TENANT", tenant.encode())


@cache
def _written(kind: str, count: int, start: int, limit: int) -> bytes:
    end = min(count, start + min(limit, PAGE_BYTES // len(str(_subscription(kind, 0)))))
    items = [_subscription(kind, number) for number in range(start, end)]
    last = {name: items[-1][name] for name in ("tenant_id", "subscription_id")} if end < count else None
    more = {} if last is None else {"LastEvaluatedKey": last}
    return json.dumps({"Items": items, "Count": len(items), "ScannedCount": len(items), **more}).encode()


@cache
def _subscription(kind: str, number: int) -> dict[str, Any]:
    item: dict[str, Any] = {
        "tenant_id": {"S": "TENANT"},
        "subscription_id": {"S": f"subscription-{number:06d}"},
        "url": {"S": f"https://hooks.customer-{number:06d}.example.com/doorbell/incoming"},
        "secrets": {"L": [{"S": f"ssm:/doorbell/customers/{number:06d}/webhook"}]},
    }
    if kind == "filters":
        item["filter"] = {"S": FILTER}
    if kind == "globs":
        item["event_types"] = {"L": [{"S": _glob(number * 100 + n)} for n in range(100)]}
    return item


def _glob(number: int) -> str:
    """None is like another, and a push fits only at its last character."""
    return ("*[p-s]*?*" * 28 + f"*{number:06d}").rjust(256, "*")
