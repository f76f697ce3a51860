"""Fan-out's calls and nothing else: two conditional puts for each event, one batch of messages for all."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import boto3

dynamodb, sqs = boto3.client("dynamodb"), boto3.client("sqs")
threads = ThreadPoolExecutor(10)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    print("fanning out")  # as in send.py
    names = threads.map(_keep, event["Records"])
    entries: Any = [
        {"Id": str(n), "MessageBody": name, "MessageGroupId": "bench"} for n, name in enumerate(names)
    ]
    sqs.send_message_batch(QueueUrl=os.environ["QUEUE_URL"], Entries=entries)
    return {"batchItemFailures": []}


def _keep(record: dict[str, Any]) -> str:
    """The new event's id."""
    name, now = uuid4().hex, str(time.time())
    log = {"tenant_day": {"S": "bench"}, "created_at": {"N": now}}
    _put(name, "event", {"body": {"S": record["body"]}, **log})
    due = {"due_shard": {"S": "0"}, "due_at": {"N": str(time.time() + 900)}}
    _put(name, "delivery#bench", {"state": {"S": "pending"}, "attempts": {"L": []}, **due})
    return name


def _put(name: str, sk: str, values: dict[str, Any]) -> None:
    dynamodb.put_item(
        TableName=os.environ["EVENTS_TABLE"],
        Item={"event_id": {"S": name}, "sk": {"S": sk}, **values},
        ConditionExpression="attribute_not_exists(sk)",
    )
