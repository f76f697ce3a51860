"""Fan-out of an event of a tenant that it meets for the first time: one of many subscriptions wants it, each
has a filter of its own. The tenant's kind and their number come by the environment."""

import json
import os
from itertools import count

from github import push
from records import Context, event_record, inline
from stages import FEW, requests, stage, told

stage("start")

import app  # noqa: E402

stage("imported")
numbers = count()
KIND, MANY = os.environ["TENANTS"].split("-")
BODY = json.dumps({**json.loads(push()), "installation": {"account": "mine", "id": 77}})


def fanned_out() -> None:
    number = next(numbers)
    record = event_record(number, f"{KIND}-{number}-{MANY}", inline(BODY))
    answer = app.handler({"Records": [record]}, Context(3600))
    assert answer == {"batchItemFailures": []}, answer


requests(fanned_out, FEW)
told()
