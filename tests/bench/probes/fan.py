"""Fan-out's calls and nothing else: two conditional puts for each event, those of a batch in one call each,
and one batch of messages for all."""

import os
import time
from typing import Any
from uuid import uuid4

import boto3

dynamodb, sqs = boto3.client("dynamodb"), boto3.client("sqs")


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    print("fanning out")  # as in send.py
    names = [uuid4().hex for _ in event["Records"]]
    _put([_event(name, record["body"]) for name, record in zip(names, event["Records"], strict=True)])
    _put([_delivery(name) for name in names])
    entries: Any = [
        {"Id": str(n), "MessageBody": name, "MessageGroupId": "bench"} for n, name in enumerate(names)
    ]
    sqs.send_message_batch(QueueUrl=os.environ["QUEUE_URL"], Entries=entries)
    return {"batchItemFailures": []}


def _event(name: str, body: str) -> dict[str, Any]:
    log = {"tenant_day": {"S": "bench"}, "created_at": {"N": str(time.time())}}
    return {"event_id": {"S": name}, "sk": {"S": "event"}, "body": {"S": body}, **log}


def _delivery(name: str) -> dict[str, Any]:
    due = {"due_shard": {"S": "0"}, "due_at": {"N": str(time.time() + 900)}}
    state = {"state": {"S": "pending"}, "attempts": {"L": []}}
    return {"event_id": {"S": name}, "sk": {"S": "delivery#bench"}, **state, **due}


def _put(items: list[dict[str, Any]]) -> None:
    """A lone one by itself, as costs less than a call for many."""
    table = os.environ["EVENTS_TABLE"]
    if len(items) == 1:
        dynamodb.put_item(TableName=table, Item=items[0], ConditionExpression="attribute_not_exists(sk)")
        return
    statements: Any = [
        {
            "Statement": f'INSERT INTO "{table}" VALUE {{{", ".join(f"'{name}': ?" for name in item)}}}',
            "Parameters": list(item.values()),
        }
        for item in items
    ]
    done = dynamodb.batch_execute_statement(Statements=statements)["Responses"]
    assert not any("Error" in one for one in done), done
