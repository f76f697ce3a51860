"""The dispatcher of a full batch: ten deliveries of 2 KB, signed, by plain HTTP or by TLS."""

import sys
from itertools import count

from records import Context, delivery_record
from stages import requests, stage, told

stage("start")

import app  # noqa: E402

(gathered,) = (module for name, module in sys.modules.items() if name.endswith(".gathered"))  # of any build
# Valgrind is slow: the ten find together, or the count depends on the machine.
gathered.LINGER_SECONDS = 60.0  # type: ignore[attr-defined]
stage("imported")
numbers = count()


def delivered() -> None:
    answer = app.handler({"Records": [delivery_record(next(numbers)) for _ in range(10)]}, Context())
    assert answer == {"batchItemFailures": []}, answer


requests(delivered)
told()
