"""What everything is measured against: the handler that AWS's documentation shows, as the bench has it."""

from github import event, push
from records import Context
from stages import requests, stage, told

stage("start")

import documented  # noqa: E402

stage("imported")
ring = event(push())
requests(lambda: documented.handler(ring, Context()))
told()
