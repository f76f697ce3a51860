"""What a listener says: a line that is written over where somebody looks, and what fails, to stay."""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TextIO

import typer

from doorbell_cli.cells import SHORT_ID, printable, styled

LONGEST_ANSWER = 300
USUAL_COLUMNS = 80


@dataclass
class Screen:
    """`shows`: stderr is a terminal; without it every ring is a line, and so is every one with `as_json`.
    `keys`: some are heard."""

    as_json: bool
    shows: bool = field(default_factory=lambda: sys.stderr.isatty())
    stream: TextIO = field(default_factory=lambda: sys.stderr)
    clock: Callable[[], float] = time.time
    rung: int = 0
    failed: int = 0
    keys: bool = False
    _last: str = ""

    def answered(self, line: Mapping[str, Any]) -> None:
        """What the application answered. `line` as the memory keeps it, and `note`."""
        fine = 200 <= line["status"] <= 299
        self.rung += 1
        self.failed += not fine
        text = f"{self._of(line)} → {line['status']} in {line['ms']} ms"
        self._last = text
        if self.as_json:
            self._out(json.dumps(dict(line), ensure_ascii=False))
        elif not fine:
            self._failure(text, str(line.get("answer", "")))
        elif not self.shows:
            self._out(text)
        self.status()

    def failure(self, line: Mapping[str, Any], why: str) -> None:
        """It will not be rung: it could not be at all, or was, for `ms`, and nothing was answered."""
        self.failed += 1
        if self.as_json:
            self._out(json.dumps({**line, "error": why}, ensure_ascii=False))
        else:
            self._failure(f"{self._of(line)}: {'no answer' if 'ms' in line else 'not rung'}", why)
        self.status()

    def waits(self, why: str, line: Mapping[str, Any] | None = None) -> None:
        """Nothing goes on for now."""
        self._last = f"{self._of(line)}: {why}" if line is not None else why
        if self.shows:
            self.status()
        else:
            self.note(self._last)

    def note(self, text: str) -> None:
        self._clear()
        typer.echo(printable(text), err=True)
        self.status()

    def status(self) -> None:
        if not self.shows:
            return
        counts = f"{self.rung} rung" + (f", {self.failed} failed" if self.failed else "")
        ends = "r: repeat the last, Ctrl-C: end" if self.keys else "Ctrl-C: end"
        text = printable(f"{counts} · {self._last or 'nothing yet'} · {ends}")
        self.stream.write(f"\r\x1b[K{text[: self._columns()]}")
        self.stream.flush()

    def over(self) -> None:
        self._clear()
        self.shows = False

    def _failure(self, head: str, detail: str) -> None:
        self._out(styled(printable(f"✗ {head}"), "red"))
        if detail:
            self._out("    " + printable(detail[:LONGEST_ANSWER]).replace("\n", "\n    "))

    def _out(self, text: str) -> None:
        self._clear()
        typer.echo(text)

    def _clear(self) -> None:
        if self.shows:
            self.stream.write("\r\x1b[K")
            self.stream.flush()

    def _columns(self) -> int:
        """Of the terminal that is written to: stdout may be a file."""
        try:
            found = os.get_terminal_size(self.stream.fileno()).columns
        except (OSError, ValueError):
            found = 0
        return (found or USUAL_COLUMNS) - 1

    def _of(self, line: Mapping[str, Any]) -> str:
        at = time.strftime("%H:%M:%S", time.localtime(self.clock()))
        again = " again" if line.get("again") else ""
        return f"{at} {line.get('type', '-')} {str(line.get('event_id', '-'))[:SHORT_ID]}{again}"
