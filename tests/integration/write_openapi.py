"""Writes openapi/admin.json and the Postman collection as the code has them now:
`python -m tests.integration.write_openapi`."""

import json
import os
import sys
from pathlib import Path

from tests.integration.postman import text

ROOT = Path(__file__).parents[2]


def main() -> None:
    sys.path.insert(0, str(ROOT / "layers" / "core"))
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    from doorbell.runtime import administering
    from doorbell.runtime.admin import openapi

    document = openapi.document(administering.admin().app)
    folder = ROOT / "openapi"
    (folder / "admin.json").write_text(json.dumps(document, indent=2) + "\n")
    (folder / "doorbell.postman_collection.json").write_text(text(document))


if __name__ == "__main__":
    main()
