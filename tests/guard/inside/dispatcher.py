"""The dispatcher: import, the first delivery, and those after it: 2 KB, signed, by plain HTTP."""

from itertools import count

from records import Context, delivery_record
from stages import requests, stage, told

stage("start")

import app  # noqa: E402

stage("imported")
numbers = count()


def delivered() -> None:
    answer = app.handler({"Records": [delivery_record(next(numbers))]}, Context())
    assert answer == {"batchItemFailures": []}, answer


requests(delivered)
told()
