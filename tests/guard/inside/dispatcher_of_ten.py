"""The dispatcher of a full batch: ten deliveries of 2 KB, signed, by plain HTTP, by TLS, or to a queue."""

import os
import sys
from itertools import count

from records import Context, delivery_record
from stages import requests, stage, told

stage("start")

import app  # noqa: E402

# Valgrind is slow: the ten find together, or the count depends on the machine. Not all builds have both.
for name, module in list(sys.modules.items()):
    if name.endswith((".gathered", ".company")):
        module.LINGER_SECONDS = 60.0  # type: ignore[attr-defined]
stage("imported")
numbers, subscription = count(), int(os.environ.get("GUARD_SUBSCRIPTION", "0"))


def delivered() -> None:
    records = [delivery_record(next(numbers), subscription) for _ in range(10)]
    answer = app.handler({"Records": records}, Context())
    assert answer == {"batchItemFailures": []}, answer


requests(delivered)
told()
