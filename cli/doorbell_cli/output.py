"""How commands speak: tables for people, one JSON document for programs, progress and errors on stderr.

out = Output(as_json)
out.rows(["source", "provider"], rows, document=documents)
"""

import json
import shutil
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from enum import IntEnum
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from doorbell_cli.cells import Styled, clock, printable, shown, styled
from doorbell_cli.tables import field_lines, table_lines

if TYPE_CHECKING:
    from rich.progress import Progress

__all__ = [
    "Bar",
    "Exit",
    "JsonOption",
    "Output",
    "Styled",
    "clock",
    "fail",
    "printable",
    "progress",
    "shown",
]

JsonOption = Annotated[bool, typer.Option("--json", help="For programs: one JSON document on stdout.")]


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

    def say(self, line: str = "", style: str = "") -> None:
        """For people, in a colour or as "bold" or "dim"; nothing with --json."""
        if not self.as_json:
            typer.echo(styled(printable(line), style))

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
        spare: Collection[str] = (),
    ) -> None:
        """A table for people or `document` for programs; `empty` is said where there are no rows. `spare`:
        columns that a narrow terminal can do without."""
        if self.as_json:
            self.document(document)
            return
        cells = [list(row) for row in rows]
        if cells:
            for line in table_lines(columns, cells, spare=spare, width=_width()):
                typer.echo(line)
        else:
            self.say(empty)

    def fields(self, values: Mapping[str, object], *, document: object) -> None:
        """One thing, a line for each of its fields."""
        if self.as_json:
            self.document(document)
            return
        lines = field_lines({printable(name): value for name, value in values.items()}, width=_width())
        for line in lines:
            typer.echo(line)


def _width() -> int | None:
    """Of the terminal; None where nobody looks: grep and tests want whole values."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator["Bar"]:
    """A bar (or, without `total`, a spinner) on stderr where that is a terminal; silent elsewhere."""
    if not sys.stderr.isatty():
        yield Bar()
        return
    from doorbell_cli.bars import bars  # rich: slow to import

    with bars() as shown_bars:
        yield Bar(shown_bars, shown_bars.add_task(label, total=total))


class Bar:
    def __init__(self, bars: "Progress | None" = None, task: Any = None) -> None:
        self._bars, self._task = bars, task

    def step(self, count: int = 1) -> None:
        if self._bars is not None:
            self._bars.advance(self._task, count)

    def label(self, text: str) -> None:
        if self._bars is not None:
            self._bars.update(self._task, description=printable(text))


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
