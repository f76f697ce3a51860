"""What the receivers run on, installed below `.receivers/`: nothing of it stays in the tree."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.patience import HANG_SECONDS

ROOT = Path(__file__).parents[2]
EXAMPLES, PLACE = ROOT / "examples" / "receivers", ROOT / ".receivers"
PYTHON = ("flask", "django", "fastapi", "lambda")


def python() -> Path:
    """An interpreter that has what the Python examples ask for, all of them: they agree on versions."""
    wanted = [EXAMPLES / name / "requirements.txt" for name in PYTHON]
    folder = PLACE / f"python-{_digest(*wanted)}"
    if not folder.exists():
        partial = folder.with_suffix(f".{os.getpid()}")
        run = [sys.executable, "-m", "venv", str(partial)]
        subprocess.run(run, check=True, capture_output=True, timeout=HANG_SECONDS)
        options = [argument for path in wanted for argument in ("-r", str(path))]
        command = [str(partial / "bin" / "python"), "-m", "pip", "install", "--quiet", *options]
        subprocess.run(command, check=True, capture_output=True, timeout=HANG_SECONDS)
        _settle(partial, folder)
    return folder / "bin" / "python"


def express() -> Path:
    """A copy of the example with its packages."""
    source = EXAMPLES / "express"
    folder = PLACE / f"express-{_digest(source / 'package.json')}"
    if not folder.exists():
        partial = folder.with_suffix(f".{os.getpid()}")
        shutil.copytree(source, partial)
        command = ["npm", "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=partial, check=True, capture_output=True, timeout=HANG_SECONDS)
        _settle(partial, folder)
    shutil.copy(source / "app.js", folder / "app.js")
    return folder


def _digest(*paths: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:12]


def _settle(partial: Path, folder: Path) -> None:
    """Another process may have been quicker."""
    try:
        partial.rename(folder)
    except OSError:
        shutil.rmtree(partial)
