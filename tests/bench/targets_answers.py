"""What AWS answers the dispatcher, as its other stub does, where one subscription has a queue as its target
and one a URL. `GET /seen` tells how many calls sent messages, and how many messages they sent."""

import json
from collections import Counter
from typing import Any

from tests.bench import dispatcher_answers
from tests.bench.dispatcher_answers import SUBSCRIPTION

QUEUE = "arn:aws:sqs:us-east-1:123456789012:orders"
TO_QUEUE = "sub_01"
"""As `records.delivery_record` calls subscription 1."""
_seen = Counter[str]()


def answer(operation: str, request: dict[str, Any]) -> Any:
    match operation:
        case "SendMessageBatch":
            ids = [entry["Id"] for entry in request["Entries"]]
            _seen.update(calls=1, messages=len(ids))
            return {"Successful": [{"Id": one, "MessageId": f"m-{one}"} for one in ids], "Failed": []}
        case "SendMessage":
            _seen.update(calls=1, messages=1)
            return {"MessageId": "m"}
        case "GET":
            return json.dumps(_seen).encode()
        case "GetItem" if request["TableName"] == "Subscriptions":
            return {"Item": _subscription(request["Key"])}
    return dispatcher_answers.answer(operation, request)


def _subscription(key: dict[str, Any]) -> dict[str, Any]:
    whole = SUBSCRIPTION | key
    if key["subscription_id"]["S"] != TO_QUEUE:
        return whole
    return {name: value for name, value in whole.items() if name != "url"} | {"target": {"S": QUEUE}}
