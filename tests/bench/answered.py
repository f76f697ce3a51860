"""What the stubs of several rows answer alike, and how many calls they were asked for."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.request import Request, urlopen

PAGE_BYTES = 1024 * 1024
"""A Query reads 1 MB at most.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html"""

type Answer = Callable[[str, dict[str, Any]], dict[str, Any]]


def counted(answer: Answer) -> Answer:
    """`answer`, which also tells what it was asked for since it last told: to whom asks for `Calls`."""
    calls: Counter[str] = Counter()

    def counting(operation: str, request: dict[str, Any]) -> dict[str, Any]:
        if operation == "Calls":
            told = dict(calls)
            calls.clear()
            return told
        calls[operation] += 1
        return answer(operation, request)

    return counting


def calls_at(url: str) -> dict[str, int]:
    """What a counted stub was asked for since the last time, by operation."""
    with urlopen(Request(url, b"{}", {"x-amz-target": "Bench.Calls"})) as answer:
        found: dict[str, int] = json.load(answer)
    return found


def all_sent(request: dict[str, Any]) -> dict[str, Any]:
    """SendMessageBatch's answer when every message was taken."""
    taken = {"MessageId": "00000000-0000-0000-0000-000000000000", "MD5OfMessageBody": "0" * 32}
    return {"Successful": [{"Id": entry["Id"], **taken} for entry in request["Entries"]], "Failed": []}


def all_written(request: dict[str, Any]) -> dict[str, Any]:
    """BatchExecuteStatement's answer when every statement took effect."""
    return {"Responses": [{"TableName": "Events"}] * len(request["Statements"])}
