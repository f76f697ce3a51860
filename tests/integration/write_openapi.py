"""Writes openapi/admin.json as the code has it now: `python -m tests.integration.write_openapi`."""

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def main() -> None:
    sys.path.insert(0, str(ROOT / "layers" / "core"))
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    from doorbell.runtime import administering
    from doorbell.runtime.admin import openapi

    document = openapi.document(administering.admin().app)
    path = ROOT / "openapi" / "admin.json"
    path.write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()
