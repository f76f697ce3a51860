"""One line per step, with its time."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


class Progress:
    """Prints each step as it begins and how it ended; `quiet` prints nothing (tests)."""

    def __init__(self, out: TextIO | None = None, *, quiet: bool = False) -> None:
        self._out = out if out is not None else sys.stderr
        self._quiet = quiet

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        self._write(f"  {title} … ")
        began = time.monotonic()
        try:
            yield
        except BaseException:
            self._write("failed\n")
            raise
        self._write(f"{time.monotonic() - began:.1f} s\n")

    def say(self, line: str = "") -> None:
        self._write(line + "\n")

    def _write(self, text: str) -> None:
        if not self._quiet:
            self._out.write(text)
            self._out.flush()
