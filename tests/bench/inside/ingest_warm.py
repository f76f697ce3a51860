"""Ingest as it is deployed beside the handler that AWS's documentation shows: the same request to both."""

import app
import documented
from github import event, push
from measure import side_by_side, told
from records import Context


def main() -> None:
    ring, context = event(push()), Context()
    for handler in (app.handler, documented.handler):
        answer = handler(ring, context)
        assert answer["statusCode"] == 202, answer
    ours, theirs = side_by_side(
        lambda: app.handler(ring, context), lambda: documented.handler(ring, context), rounds=120
    )
    told({**ours.figures("ours"), **theirs.figures("documented")})


if __name__ == "__main__":
    main()
