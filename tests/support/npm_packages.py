"""What providers publish on npm, read without being installed."""

import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

needs_npm = pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")


def json_in(package: str, file: str, place: Path) -> dict[str, Any]:
    """A file of a package, by its name and version; `place` is an empty folder."""
    subprocess.run(["npm", "pack", "--silent", package], cwd=place, check=True, timeout=240)
    (archive,) = place.glob("*.tgz")
    with tarfile.open(archive) as packed:
        found: dict[str, Any] = json.load(packed.extractfile(file))  # type: ignore[arg-type]
    return found
