"""What ingest has loaded when its first answer is made."""

import json
import sys

import app
from github import event, push
from records import Context

answer = app.handler(event(push()), Context())
assert answer["statusCode"] == 202, answer

with open(sys.argv[-1], "w") as file:
    json.dump({"loaded": sorted(sys.modules)}, file)
