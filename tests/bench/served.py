"""Servers in processes of their own, so that what they cost is not counted."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def served(module: str, *arguments: str, **environ: str) -> Iterator[str]:
    """Runs `python -m <module> …` while the block runs; its URL, which is the first line it prints."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | environ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
