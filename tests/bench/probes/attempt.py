"""The dispatcher's calls and nothing else: claim, one read for the batch, post, record."""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import boto3
import urllib3

dynamodb = boto3.client("dynamodb")
http = urllib3.PoolManager(maxsize=10)
threads = ThreadPoolExecutor(10)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    print("attempting")  # as in send.py
    names = [record["body"] for record in event["Records"]]
    leases = list(threads.map(_claim, names))
    bodies = _read(names)
    done = threads.map(_attempt, names, leases, [bodies[name] for name in names])
    again = [record["messageId"] for record, ok in zip(event["Records"], done, strict=True) if not ok]
    return {"batchItemFailures": [{"itemIdentifier": name} for name in again]}


def _claim(name: str) -> dict[str, str]:
    """The lease that was set."""
    lease = {"S": uuid4().hex}
    _update(name, "SET lease_id = :lease", "attribute_not_exists(lease_id)", {":lease": lease})
    return lease


def _read(names: list[str]) -> dict[str, bytes]:
    """The events' bodies, and the endpoint, which has no item."""
    keys = [{"event_id": {"S": name}, "sk": {"S": "event"}} for name in names]
    endpoint = {"subscription_id": {"S": "bench/bench"}}
    table = os.environ["EVENTS_TABLE"]
    wanted: Any = {table: {"Keys": keys}, os.environ["ENDPOINTS_TABLE"]: {"Keys": [endpoint]}}
    found = dynamodb.batch_get_item(RequestItems=wanted)["Responses"][table]
    return {item["event_id"]["S"]: item["body"]["S"].encode() for item in found}


def _attempt(name: str, lease: dict[str, str], body: bytes) -> bool:
    headers = {"content-type": "application/json"}
    url = os.environ["SUBSCRIBER_URL"]
    answer = http.request("POST", url, body=body, headers=headers, timeout=15, retries=False)
    if answer.status >= 300:
        return False
    done = "SET attempts = list_append(attempts, :attempt) REMOVE lease_id, due_at, due_shard"
    attempt = {"L": [{"M": {"status": {"N": str(answer.status)}}}]}
    _update(name, done, "lease_id = :lease", {":lease": lease, ":attempt": attempt})
    return True


def _update(name: str, update: str, condition: str, values: dict[str, Any]) -> None:
    dynamodb.update_item(
        TableName=os.environ["EVENTS_TABLE"],
        Key={"event_id": {"S": name}, "sk": {"S": "delivery#bench"}},
        UpdateExpression=update,
        ConditionExpression=condition,
        ExpressionAttributeValues=values,
        ReturnValues="ALL_NEW",
    )
