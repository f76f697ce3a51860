"""Follows an event's deliveries in the Events table until all of them have ended."""

import time
from collections.abc import Iterator
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from doorbell_cli.stack import LocalStack


def deliveries(stack: LocalStack, event_id: str) -> list[dict[str, Any]]:
    """The delivery items of an event as they are now."""
    answer = stack.client("dynamodb").query(
        TableName=stack.outputs["EventsTableName"],
        KeyConditionExpression="event_id = :id AND begins_with(sk, :prefix)",
        ExpressionAttributeValues={":id": {"S": event_id}, ":prefix": {"S": "delivery#"}},
        ConsistentRead=True,
    )
    read = TypeDeserializer().deserialize
    return [{name: read(value) for name, value in item.items()} for item in answer["Items"]]


def attempts(
    stack: LocalStack, event_id: str, expected: int, seconds: float
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each attempt as it is recorded, with its subscription; until `expected` deliveries have ended or
    `seconds` are over."""
    shown: set[tuple[str, int]] = set()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = deliveries(stack, event_id)
        for delivery in found:
            for attempt in delivery["attempts"]:
                key = (delivery["sk"], int(attempt["number"]))
                if key not in shown:
                    shown.add(key)
                    yield delivery["sk"].removeprefix("delivery#"), attempt
        if len(found) >= expected and all(delivery["state"] != "pending" for delivery in found):
            return
        time.sleep(0.2)
