"""What AWS answers the sweeper: as many due deliveries as the table's name says ("due-100000"), in pages as
DynamoDB gives them, and every message and every write taken. `Calls` tells what was asked for since the last.
"""

from functools import cache
from itertools import batched
from typing import Any
from zlib import crc32

from tests.bench.answered import PAGE_BYTES, all_sent, all_written, counted

SHARDS = 32
DUE_AT = 1_700_000_000


@counted
def answer(operation: str, request: dict[str, Any]) -> dict[str, Any]:
    match operation:
        case "Query" if request["TableName"] == "Endpoints":
            return {"Items": [], "Count": 0}
        case "Query":
            return _page(request)
        case "UpdateItem":
            return {"Attributes": _whole(request["Key"])} if request.get("ReturnValues") == "ALL_NEW" else {}
        case "BatchExecuteStatement":
            return all_written(request)
        case "SendMessageBatch":
            return all_sent(request)
        case "GetQueueAttributes":
            return {"Attributes": dict.fromkeys(request["AttributeNames"], "0")}
    raise ValueError(f"the sweeper asked for {operation}")


def pages(table: str) -> int:
    """How many Query calls it takes to read all that is due."""
    return sum(len(_pages(table, f"{shard:02d}")) for shard in range(SHARDS))


def _page(request: dict[str, Any]) -> dict[str, Any]:
    shard = request["ExpressionAttributeValues"][":shard"]["S"]
    number = int(request.get("ExclusiveStartKey", {}).get("page", {"N": "0"})["N"])
    there = _pages(request["TableName"], shard, request.get("Limit", PAGE_BYTES))
    more = {"LastEvaluatedKey": {"page": {"N": str(number + 1)}}} if number + 1 < len(there) else {}
    return {"Items": there[number], "Count": len(there[number]), "ScannedCount": len(there[number]), **more}


@cache
def _pages(table: str, shard: str, limit: int = PAGE_BYTES) -> list[list[dict[str, Any]]]:
    """The rows of one shard, cut after `limit` and where 1 MB is read; an empty shard has one page too."""
    rows = _shards(table).get(shard, [])
    size = sum(len(name) + len(value) for row in rows[:1] for name, (value,) in _texts(row)) + 100
    return [list(page) for page in batched(rows, min(limit, PAGE_BYTES // size), strict=False)] or [[]]


def _texts(row: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(name, list(value.values())) for name, value in row.items()]


@cache
def _shards(table: str) -> dict[str, list[dict[str, Any]]]:
    shards: dict[str, list[dict[str, Any]]] = {}
    for number in range(int(table.rpartition("-")[2])):
        row = _row(number)
        shards.setdefault(row["due_shard"]["S"], []).append(row)
    return shards


def _row(number: int) -> dict[str, Any]:
    event_id, subscription_id = f"evt_{number // 4:032d}", f"subscription-{number % 400:04d}"
    shard = crc32(f"{event_id}/{subscription_id}".encode()) % SHARDS
    return {
        "event_id": {"S": event_id},
        "sk": {"S": f"delivery#{subscription_id}"},
        "due_shard": {"S": f"{shard:02d}"},
        "due_at": {"N": f"{DUE_AT + number / 1000:.6f}"},
        "attempts_made": {"N": "3"},
        "tenant_id": {"S": "bench"},
    }


def _whole(key: dict[str, Any]) -> dict[str, Any]:
    """A delivery after three attempts, as ReturnValues=ALL_NEW gives it."""
    attempt = {
        "number": {"N": "1"},
        "at": {"N": "1700000000.123456"},
        "duration_ms": {"N": "120"},
        "status": {"N": "500"},
        "response": {"S": "x" * 100},
    }
    return {
        **key,
        "subscription_id": {"S": "bench/subscription-0001"},
        "generation": {"N": "0"},
        "tenant_id": {"S": "bench"},
        "state": {"S": "pending"},
        "created_at": {"N": "1700000000"},
        "next_attempt_at": {"N": "1700000000.123456"},
        "due_shard": {"S": "00"},
        "due_at": {"N": "1700000000.123456"},
        "attempts_made": {"N": "3"},
        "attempts": {"L": [{"M": attempt}] * 3},
        "expires_at": {"N": "1800000000"},
    }
