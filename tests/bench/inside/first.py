"""A cold start of the module that is the first argument, and, if the second says so, its first request."""

import importlib
import sys

handler = importlib.import_module(sys.argv[1]).handler

if sys.argv[2:] == ["answer"]:
    from github import event, push
    from records import Context

    answer = handler(event(push()), Context())
    assert answer["statusCode"] == 202, answer
