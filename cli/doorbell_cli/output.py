"""How commands speak: tables for people, one JSON document for programs, progress and errors on stderr.

out = Output(as_json)
out.rows(["source", "provider"], rows, document=documents)
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from enum import IntEnum
from typing import Annotated, Any, NoReturn

import typer
from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

JsonOption = Annotated[bool, typer.Option("--json", help="For programs: one JSON document on stdout.")]

_PIPED_WIDTH = 400
"""Rich would cut tables to 80 columns when nobody looks; grep and tests want whole values."""


class Exit(IntEnum):
    """What a command ends with."""

    OK = 0
    PROBLEM = 1
    USAGE = 2
    AWS = 3


def fail(message: str, code: Exit = Exit.PROBLEM) -> NoReturn:
    """One line on stderr, and the end."""
    typer.echo(f"error: {printable(message)}", err=True)
    raise typer.Exit(int(code))


class Output:
    """Everything for stdout goes through here, so that with `as_json` it is exactly one JSON document."""

    def __init__(self, as_json: bool = False) -> None:
        self.as_json = as_json
        self._console = Console(
            highlight=False, soft_wrap=False, width=None if sys.stdout.isatty() else _PIPED_WIDTH
        )

    def say(self, line: str = "", style: str = "") -> None:
        """For people; nothing with --json."""
        if not self.as_json:
            self._console.print(Text(printable(line), style=style), soft_wrap=True)

    def note(self, line: str) -> None:
        """Beside the result, on stderr, in both forms."""
        typer.echo(printable(line), err=True)

    def document(self, value: object) -> None:
        """For programs; nothing without --json. At most once in a command."""
        if self.as_json:
            typer.echo(json.dumps(value, indent=2, default=_jsonable, ensure_ascii=False))

    def rows(
        self,
        columns: Sequence[str],
        rows: Iterable[Sequence[object]],
        *,
        document: object,
        empty: str = "none",
    ) -> None:
        """A table for people or `document` for programs; `empty` is said where there are no rows."""
        if self.as_json:
            self.document(document)
            return
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for column in columns:
            table.add_column(column, overflow="fold")
        count = 0
        for count, row in enumerate(rows, 1):  # noqa: B007
            table.add_row(*(cell if isinstance(cell, Text) else Text(shown(cell)) for cell in row))
        if count:
            self._console.print(table)
        else:
            self.say(empty)

    def fields(self, values: Mapping[str, object], *, document: object) -> None:
        """One thing, a line for each of its fields."""
        if self.as_json:
            self.document(document)
            return
        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_column(style="bold")
        table.add_column(overflow="fold")
        for name, value in values.items():
            table.add_row(Text(printable(name)), Text(shown(value)))
        self._console.print(table)


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator["Bar"]:
    """A bar (or, without `total`, a spinner) on stderr where that is a terminal; silent elsewhere."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        yield Bar(bars, bars.add_task(label, total=total))


class Bar:
    def __init__(self, bars: Progress, task: Any) -> None:
        self._bars, self._task = bars, task

    def step(self, count: int = 1) -> None:
        self._bars.advance(self._task, count)

    def label(self, text: str) -> None:
        self._bars.update(self._task, description=printable(text))


def printable(text: str) -> str:
    """Text from outside (event types, answers of subscribers) must not drive the terminal: control
    characters become visible. Line ends and tabs stay."""
    return "".join(c if c.isprintable() or c in "\n\t" else f"\\x{ord(c):02x}" for c in text)


def shown(value: object) -> str:
    """A value in a table's cell."""
    if value is None or value == "" or value == [] or value == {}:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(shown(entry) for entry in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {shown(entry)}" for name, entry in value.items())
    return printable(str(value))


def clock(at: float | None) -> str:
    """Epoch seconds for people, UTC."""
    return "-" if at is None else f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}"


def _jsonable(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, set | frozenset | tuple):
        return sorted(value, key=str) if isinstance(value, set | frozenset) else list(value)
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"cannot be written as JSON: {type(value).__name__}")
