"""What AWS answers fan-out: as many subscriptions as the tenant's name says ("tenant-7-10000"), all of which
want the event, page by page as DynamoDB gives them; every message and every write taken. `Calls` tells what
was asked for since the last.
"""

from functools import cache
from typing import Any

from tests.bench.answered import PAGE_BYTES, all_sent, all_written, counted

_GLOBS: tuple[list[str], ...] = (
    ["*"],
    ["push"],
    ["pu*", "issues.*"],
    ["invoice.*", "customer.*", "push"],
    [],
)


@counted
def answer(operation: str, request: dict[str, Any]) -> dict[str, Any]:
    match operation:
        case "Query":
            return _page(request)
        case "GetItem" | "PutItem":
            return {}
        case "BatchExecuteStatement":
            return all_written(request)
        case "SendMessageBatch":
            return all_sent(request)
    raise ValueError(f"fan-out asked for {operation}")


def _page(request: dict[str, Any]) -> dict[str, Any]:
    tenant = request["ExpressionAttributeValues"][":tenant"]["S"]
    count = int(tenant.rpartition("-")[2])
    after = request.get("ExclusiveStartKey", {}).get("subscription_id", {}).get("S")
    start = 0 if after is None else int(after.rpartition("-")[2]) + 1
    end = min(count, start + min(request["Limit"], PAGE_BYTES // _size(_subscription(0))))
    items = [{**_subscription(number), "tenant_id": {"S": tenant}} for number in range(start, end)]
    last = {name: items[-1][name] for name in ("tenant_id", "subscription_id")} if end < count else None
    more = {} if last is None else {"LastEvaluatedKey": last}
    return {"Items": items, "Count": len(items), "ScannedCount": len(items), **more}


@cache
def _subscription(number: int) -> dict[str, Any]:
    """About half a KiB, as a team writes it; one in five has a filter."""
    item: dict[str, Any] = {
        "subscription_id": {"S": f"subscription-{number:06d}"},
        "url": {"S": f"https://hooks.customer-{number:06d}.example.com/doorbell/incoming"},
        "description": {"S": f"Customer {number}: everything that happens in the repository"},
        "event_types": {"L": [{"S": glob} for glob in _GLOBS[number % len(_GLOBS)]]},
        "secrets": {"L": [{"S": f"ssm:/doorbell/customers/{number:06d}/webhook"}]},
        "headers": {"M": {"x-customer": {"S": f"customer-{number:06d}"}}},
        "timeout_seconds": {"N": "10"},
        "retry": {"M": {"preset": {"S": "standard"}, "max_age_hours": {"N": "72"}}},
    }
    if number % 5 == 4:
        item["filter"] = {
            "S": "body.ref == 'refs/heads/main' && contains(body.repository.full_name, 'bench')"
        }
    return item


def _size(item: dict[str, Any]) -> int:
    return len(str(item))
