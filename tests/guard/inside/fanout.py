"""Fan-out: import, the first event, and those after it: 2 KB, one subscription that wants it."""

from itertools import count

from github import push
from records import Context, event_record, inline
from stages import requests, stage, told

stage("start")

import app  # noqa: E402

stage("imported")
numbers = count()
BODY = push()


def fanned_out() -> None:
    record = event_record(next(numbers), "tenant-1", inline(BODY))
    answer = app.handler({"Records": [record]}, Context())
    assert answer == {"batchItemFailures": []}, answer


requests(fanned_out)
told()
