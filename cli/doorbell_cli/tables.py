"""Tables for people, as lines of text. What is in a cell is shown as it is: nothing in it is markup.

A table for a terminal leaves out what all its rows have in common, and says it in a line below. Where it is
still too wide, it shows the beginning of each event id (every command takes that), does without spare
columns, and as a last resort is written as a block for each row. Names and ids are never folded. For a pipe
it is as wide as it needs.

Drawn without rich: importing that would be a tenth of what `doorbell events list` costs.
"""

import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from doorbell_cli.cells import Styled, cell_width, shortened, shown, styled, without_constants

_NAMES = ("event", "subscription", "source", "job", "name", "tenant", "queue", "delivery")
_TIMES = ("recorded", "received", "ended", "begun", "at")
WHOLE = {*_NAMES, *_TIMES}
"""Columns of names, ids and times. All others may be folded, down to `NARROWEST`."""
NARROWEST = 12
_GAP = 3
"""Between two columns; the first has one blank before it, the last one behind it."""

_COMMON = "All of them: "

type Rows = Sequence[Sequence[object]]


def table_lines(
    columns: Sequence[str], cells: Rows, *, spare: Collection[str] = (), width: int | None = None
) -> Iterator[str]:
    """`width` None: nobody looks. `spare`: columns that a narrow terminal can do without."""
    table = _Table(columns, [[shown(cell) for cell in row] for row in cells], _styles(cells))
    kept, common = list(range(len(columns))), dict[str, str]()
    if width is not None:
        kept, common = without_constants(columns, table.texts)
        if "event" in columns and table.width(kept) > width:
            table = table.with_short_ids(columns.index("event"))
        if table.least_width(kept) > width:
            kept = [i for i in kept if columns[i] not in spare]
    if width is not None and table.least_width(kept) > width:
        yield from table.blocks(kept)
    else:
        yield from table.lines(kept, width)
    if common:
        text = ", ".join(f"{name} {value}" for name, value in common.items())
        facts = "\n".join(_folded(text, None if width is None else width - len(_COMMON)))
        yield styled(f"All of them: {facts}", "dim")


def field_lines(values: Mapping[str, object], *, width: int | None = None) -> Iterator[str]:
    """A line for each, or as many as its value needs."""
    title = max((cell_width(name) for name in values), default=0)
    for name, value in values.items():
        style = value.style if isinstance(value, Styled) else ""
        room = None if width is None else max(NARROWEST, width - title - 1)
        for number, line in enumerate(_folded(shown(value), room)):
            begin = styled(_padded(name, title), "bold") if number == 0 else " " * title
            yield f"{begin} {styled(line, style)}"


@dataclass(frozen=True, slots=True)
class _Table:
    columns: Sequence[str]
    texts: Sequence[Sequence[str]]
    styles: Sequence[Sequence[str]]

    def longest(self, i: int) -> int:
        lines = (line for row in self.texts for line in row[i].split("\n"))
        return max(cell_width(self.columns[i]), *map(cell_width, lines))

    def width(self, kept: Sequence[int]) -> int:
        """With nothing folded."""
        return sum(self.longest(i) + _GAP for i in kept) - 1

    def least_width(self, kept: Sequence[int]) -> int:
        """With everything folded that may be."""
        return sum(self._least(i) + _GAP for i in kept) - 1

    def with_short_ids(self, at: int) -> "_Table":
        short = [[*row[:at], shortened(row[at]), *row[at + 1 :]] for row in self.texts]
        return _Table(self.columns, short, self.styles)

    def lines(self, kept: Sequence[int], width: int | None) -> Iterator[str]:
        widths = {i: self.longest(i) for i in kept}
        if width is not None:
            self._narrow(widths, width)
        yield ""
        yield self._line([(self.columns[i], widths[i], "bold") for i in kept])
        yield " " + "─" * (sum(widths.values()) + _GAP * (len(kept) - 1))
        for row, style in zip(self.texts, self.styles, strict=True):
            parts = [_folded(row[i], widths[i]) for i in kept]
            for line in zip_longest(*parts, fillvalue=""):
                cells = zip(line, kept, strict=True)
                yield self._line([(text, widths[i], style[i]) for text, i in cells])
        yield ""

    def blocks(self, kept: Sequence[int]) -> Iterator[str]:
        title = max(cell_width(self.columns[i]) for i in kept)
        for row, style in zip(self.texts, self.styles, strict=True):
            for i in kept:
                yield f"{styled(_padded(self.columns[i], title), 'bold')}  {styled(row[i], style[i])}"
            yield ""

    def _least(self, i: int) -> int:
        longest = self.longest(i)
        return longest if self.columns[i] in WHOLE else min(longest, NARROWEST)

    def _narrow(self, widths: dict[int, int], width: int) -> None:
        """Takes from the widest that may be folded, until all fit."""
        while sum(widths.values()) + _GAP * len(widths) - 1 > width:
            able = [i for i in widths if widths[i] > self._least(i)]
            if not able:
                return
            widths[max(able, key=lambda i: widths[i])] -= 1

    @staticmethod
    def _line(cells: Sequence[tuple[str, int, str]]) -> str:
        gap = " " * _GAP
        return " " + gap.join(styled(_padded(text, width), style) for text, width, style in cells) + " "


def _styles(cells: Rows) -> list[list[str]]:
    return [[cell.style if isinstance(cell, Styled) else "" for cell in row] for row in cells]


def _folded(text: str, width: int | None) -> list[str]:
    if width is None or (cell_width(text) <= width and "\n" not in text):
        return text.split("\n")
    return [part for line in text.split("\n") for part in textwrap.wrap(line, width) or [""]]


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_width(text))
