"""Fan-out of a full batch: ten events of 2 KB, one subscription that wants them."""

from itertools import count

from github import push
from records import Context, event_record, inline
from stages import requests, stage, told

stage("start")

import app  # noqa: E402

from doorbell.store.dynamodb import gathered  # noqa: E402

gathered.LINGER_SECONDS = 60.0  # Valgrind is slow: the ten find together, or the count depends on the machine
stage("imported")
numbers = count()
BODY = push()


def fanned_out() -> None:
    records = [event_record(next(numbers), "tenant-1", inline(BODY)) for _ in range(10)]
    answer = app.handler({"Records": records}, Context())
    assert answer == {"batchItemFailures": []}, answer


requests(fanned_out)
told()
