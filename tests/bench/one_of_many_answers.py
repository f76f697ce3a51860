"""What AWS answers fan-out where one subscription of a tenant wants the event: as many as the tenant's name
says ("types-7-500"), of which the last wants it, page by page as DynamoDB gives them. In "types" the others
want other types; in "accounts" each has an account of its own, as its filter says; in "others" each has a
filter of its own, and of its tenant's, of four kinds that no index files.
"""

import time
from functools import cache
from typing import Any

from doorbell.domain.routes import FORM
from doorbell.domain.subscriptions import Interest
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.routes.items import CANARIES, about_key, entry
from tests.bench.answered import PAGE_BYTES, all_sent, all_written, counted

FILTER = "body.ref == 'refs/heads/main'"


@counted
def answer(operation: str, request: dict[str, Any]) -> dict[str, Any]:
    match operation:
        case "Query":
            return _page(request)
        case "ExecuteStatement":
            return {"Items": [item for key in request["Parameters"] for item in _on_file(key["S"])]}
        case "GetItem" | "PutItem":
            return {}
        case "BatchExecuteStatement":
            return all_written(request)
        case "SendMessageBatch":
            return all_sent(request)
    raise ValueError(f"fan-out asked for {operation}")


def _page(request: dict[str, Any]) -> dict[str, Any]:
    tenant = request["ExpressionAttributeValues"][":tenant"]["S"]
    kind, which, count = tenant.split("-")
    after = request.get("ExclusiveStartKey", {}).get("subscription_id", {}).get("S")
    start = 0 if after is None else int(after.rpartition("-")[2]) + 1
    end = min(int(count), start + min(request["Limit"], PAGE_BYTES // len(str(_other(kind, 0)))))
    items = [
        {
            **(_wanting(kind) if number == int(count) - 1 else _other(kind, number, which)),
            "tenant_id": {"S": tenant},
        }
        for number in range(start, end)
    ]
    last = {name: items[-1][name] for name in ("tenant_id", "subscription_id")} if end < int(count) else None
    more = {} if last is None else {"LastEvaluatedKey": last}
    return {"Items": items, "Count": len(items), "ScannedCount": len(items), **more}


def _on_file(pk: str) -> list[dict[str, Any]]:
    """In the routing index: all is certified, all canaries were heard just now."""
    tenant, _, place = pk.partition("#")
    now = time.time()
    if pk == CANARIES["pk"]["S"]:
        return [CANARIES | marshal({"since": now - 9, **{f"c{n}": now for n in range(16)}})]
    filters = {"accounts": {"body.installation.account", "body.ref"}}.get(tenant.partition("-")[0])
    if place == "about":
        certificate = {"began_at": now, "count": 1, "form": FORM}
        return [about_key(tenant) | marshal({"certificate": certificate, "paths": filters})]
    there = "eq#type#push#body.ref#refs/heads/main" if filters else "type#push"
    wants = Interest("subscription-999999", True, (), ("push",), FILTER if filters else None)
    return [entry(tenant, place, wants, 1, None)] if place == there else []


def _other(kind: str, number: int, which: str = "0") -> dict[str, Any]:
    if kind == "others":
        return _item(number, "push", _of_its_own(number, f"acct_{which}_{number:06d}"))
    return _another(kind, number)


def _of_its_own(number: int, account: str) -> str:
    return (
        f"starts_with(body.installation.account, '{account}')",
        f"body.installation.id == `{number + 1}{account.split('_')[1]}`",
        f"body.installation.account == '{account}' || body.ref == '{account}'",
        f"contains(body.ref, '{account}') && body.installation.id > `1`",
    )[number % 4]


@cache
def _another(kind: str, number: int) -> dict[str, Any]:
    if kind == "accounts":
        return _item(number, "push", f"body.installation.account == 'acct_{number:06d}'")
    return _item(number, f"invoice.{number % 40}", None)


@cache
def _wanting(kind: str) -> dict[str, Any]:
    return _item(999_999, "push", FILTER if kind in ("accounts", "others") else None)


def _item(number: int, event_type: str, expression: str | None) -> dict[str, Any]:
    """About half a KiB, as a team writes it."""
    item: dict[str, Any] = {
        "subscription_id": {"S": f"subscription-{number:06d}"},
        "url": {"S": f"https://hooks.customer-{number:06d}.example.com/doorbell/incoming"},
        "description": {"S": f"Customer {number}: everything that happens in the repository"},
        "event_types": {"L": [{"S": event_type}]},
        "secrets": {"L": [{"S": f"ssm:/doorbell/customers/{number:06d}/webhook"}]},
        "headers": {"M": {"x-customer": {"S": f"customer-{number:06d}"}}},
        "timeout_seconds": {"N": "10"},
        "retry": {"M": {"preset": {"S": "standard"}, "max_age_hours": {"N": "72"}}},
    }
    return item if expression is None else {**item, "filter": {"S": expression}}
