"""The last release: its tables, as its template has them, and its tree. `python -m tests.template.picture
REVISION` takes the picture anew, which is done once a release is out."""

import json
import lzma
import subprocess
import sys
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

PICTURE = Path(__file__).with_name("last_release.json")
ARCHIVE = PICTURE.with_name("last_release.tar.xz")
DEPLOYED = ("template.yaml", "samconfig.toml", "pyproject.toml", "functions", "layers", "cli")
"""What a deployment of it needs."""


def last_release() -> dict[str, Any]:
    """`revision`, and the properties of each table."""
    picture: dict[str, Any] = json.loads(PICTURE.read_text())
    return picture


def tables_of(template: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(json.dumps(yaml_parse(template)))
    found = parsed["Resources"].items()
    return {name: one["Properties"] for name, one in found if one["Type"] == "AWS::DynamoDB::Table"}


def main(revision: str) -> None:
    shown = subprocess.run(["git", "show", f"{revision}:template.yaml"], capture_output=True, check=True)
    picture = {"revision": revision, "tables": tables_of(shown.stdout.decode())}
    PICTURE.write_text(json.dumps(picture, indent=1) + "\n")
    packed = subprocess.run(["git", "archive", revision, *DEPLOYED], capture_output=True, check=True)
    ARCHIVE.write_bytes(lzma.compress(packed.stdout, preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    main(sys.argv[1])
