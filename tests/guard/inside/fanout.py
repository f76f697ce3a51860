"""Fan-out: import, the first event, and those after it: 2 KB, one subscription that wants it."""

import json
from base64 import b64encode
from itertools import count

from github import event, push
from stages import requests, stage, told

stage("start")

import app  # noqa: E402

stage("imported")
numbers = count()
BODY = push()
HEADERS = event(BODY)["headers"]


def fanned_out() -> None:
    number = next(numbers)
    message = {
        "v": 1,
        "ingest_id": f"{number:032d}",
        "event_id": f"evt_{number:032d}",
        "tenant_id": "tenant-1",
        "source_id": "github-bench",
        "provider": "github",
        "event_type": "push",
        "window": 604_800,
        "received_at": 1_800_000_000.25,
        "content_type": "application/json",
        "headers": HEADERS,
        "size": len(BODY),
        "body": b64encode(BODY.encode()).decode(),
    }
    record = {"messageId": f"{number:036d}", "body": json.dumps(message), "attributes": {}}
    answer = app.handler({"Records": [record]}, None)
    assert answer == {"batchItemFailures": []}, answer


requests(fanned_out)
told()
