"""The dispatcher: import, the first delivery, and those after it: 2 KB, signed, by plain HTTP."""

import json
from itertools import count

from stages import requests, stage, told

stage("start")

import app  # noqa: E402

stage("imported")
numbers = count()


class Context:
    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def delivered() -> None:
    number = next(numbers)
    message = {
        "v": 1,
        "event_id": f"evt_{number:032d}",
        "subscription_id": "sub_00",
        "tenant_id": "bench",
        "generation": 0,
        "attempt": 1,
    }
    record = {"messageId": f"{number:036d}", "body": json.dumps(message), "attributes": {}}
    answer = app.handler({"Records": [record]}, Context())
    assert answer == {"batchItemFailures": []}, answer


requests(delivered)
told()
