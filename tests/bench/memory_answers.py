"""What AWS answers each function under its largest input: what the other rows' stubs answer, and the largest
bodies in the bucket, a source that takes them, an event with as many deliveries as admin's answer can hold.
"""

import os
from typing import Any

from doorbell.store.dynamodb.tables import marshal
from tests.bench import dispatcher_answers, fan_out_answers, ingest_answers, sweeper_answers
from tests.bench.inside.memory_bodies import LARGEST, commits, dense

BODY_VARIABLE = "BENCH_BODY"
"""Of the stub's environment: "commits" or "dense", what lies in the bucket."""
BODY = {"commits": commits, "dense": dense}[os.environ.get(BODY_VARIABLE, "commits")]().encode()
SCHEMA = {"type": "object", "required": ["ref", "commits"]}
SOURCE = {
    **ingest_answers.SOURCE_ITEM,
    **marshal({"max_body_bytes": LARGEST, "json_schema": SCHEMA}),
}
TRANSFORM = {"transform": {"S": "{whole: body, type: event.type}"}, "body": {"S": "cloudevents"}}
IN_BUCKET = {"body_key": {"S": "bench/large"}, "body_size": {"N": str(len(BODY))}}
STORY = 10_000
PAGE = 1_000
"""Deliveries of about a KiB: DynamoDB reads 1 MB for a Query's page."""


def answer(operation: str, request: dict[str, Any]) -> Any:
    table = request.get("TableName", "")
    match operation:
        case "GET":
            return BODY
        case "PUT":
            return b""
        case "SendMessage":
            return ingest_answers.answer(operation, request)
        case "GetItem" if table == "Sources":
            return {"Item": SOURCE}
        case "GetItem" if table == "EventTypes":
            return {}
        case "GetParameter" if request["Name"] == "/bench/github":
            return ingest_answers.answer(operation, request)
        case "Query" if ":id" in request["ExpressionAttributeValues"]:
            return _story(request)
        case "Query" | "UpdateItem" | "BatchExecuteStatement" if table.startswith("due-"):
            return sweeper_answers.answer(operation, request)
        case "UpdateItem" if not {":until", ":ended"} & set(request["ExpressionAttributeValues"]):
            return {
                "Attributes": dispatcher_answers.DELIVERY | request["Key"]
            }  # tried in vain, to be tried again
        case "Query" | "PutItem" | "BatchExecuteStatement" | "SendMessageBatch":
            return fan_out_answers.answer(operation, request)
    return _larger(dispatcher_answers.answer(operation, request))


def _larger(answer: dict[str, Any]) -> dict[str, Any]:
    """Every event's body is in the bucket, every subscription has a transform."""
    if "Item" in answer:
        return {"Item": _grown(answer["Item"])}
    if "Responses" in answer:
        there = answer["Responses"]
        return {**answer, "Responses": {table: [_grown(item) for item in there[table]] for table in there}}
    return answer


def _grown(item: dict[str, Any]) -> dict[str, Any]:
    if "url" in item:
        return item | TRANSFORM
    return (
        {name: value for name, value in item.items() if name != "body"} | IN_BUCKET
        if "body_size" in item
        else item
    )


def _story(request: dict[str, Any]) -> dict[str, Any]:
    """An event and its deliveries, each after an attempt, a page at a time."""
    after = request.get("ExclusiveStartKey", {}).get("sk", {}).get("S")
    start = 0 if after is None else int(after.rpartition("-")[2]) + 1
    key = {"event_id": request["ExpressionAttributeValues"][":id"]}
    items = [_delivery(key, number) for number in range(start, min(STORY, start + PAGE))]
    first = [] if start else [dispatcher_answers.EVENT | key]
    last = {"LastEvaluatedKey": key | {"sk": items[-1]["sk"]}} if start + PAGE < STORY else {}
    return {"Items": first + items, "Count": len(items), **last}


def _delivery(key: dict[str, Any], number: int) -> dict[str, Any]:
    attempt = {"number": 1, "at": 1_800_000_000.25, "duration_ms": 120, "status": 500, "response": "x" * 200}
    return {
        **dispatcher_answers.DELIVERY,
        **key,
        **marshal({"sk": f"delivery#subscription-{number:06d}", "attempts": [attempt], "attempts_made": 1}),
    }
