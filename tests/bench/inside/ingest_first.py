"""A cold start of ingest, and, if asked, its first request: the source and its secret are read."""

import sys

import app
from github import event, push

if sys.argv[1:] == ["send"]:
    answer = app.handler(event(push()), None)
    assert answer["statusCode"] < 300, answer
