"""What importing the function's `app` loads. Standard library only, until then."""

import json
import sys

before = set(sys.modules)

import app  # noqa: E402, F401

with open(sys.argv[-1], "w") as file:
    json.dump({"loaded": sorted(set(sys.modules) - before)}, file)
