"""Fan-out of a full batch: ten events of 2 KB, one subscription that wants them."""

from itertools import count

from github import push
from records import event_record, inline
from stages import requests, stage, told

stage("start")

import app  # noqa: E402

stage("imported")
numbers = count()
BODY = push()


def fanned_out() -> None:
    records = [event_record(next(numbers), "tenant-1", inline(BODY)) for _ in range(10)]
    answer = app.handler({"Records": records}, None)
    assert answer == {"batchItemFailures": []}, answer


requests(fanned_out)
told()
