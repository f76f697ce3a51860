"""Ingest: import, the first request, and those after it: 2 KB, signed as GitHub does."""

from github import event, push
from records import Context
from stages import requests, stage, told

stage("start")

import app  # noqa: E402

stage("imported")
ring = event(push())


def accepted() -> None:
    answer = app.handler(ring, Context())
    assert answer["statusCode"] == 202, answer


requests(accepted)
told()
