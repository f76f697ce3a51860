"""What stands in a table's cell, in words that people read."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from unicodedata import combining, east_asian_width

import typer

SHORT_ID = len("evt_") + 8
"""Characters of an event's id that are shown where all do not fit: 40 bits, and every command takes them."""


_STYLES: dict[str, dict[str, Any]] = {
    "bold": {"bold": True},
    "dim": {"dim": True},
    "red": {"fg": "red"},
    "green": {"fg": "green"},
    "yellow": {"fg": "yellow"},
}


@dataclass(frozen=True, slots=True)
class Styled:
    """A value and the colour that it is shown in."""

    value: object
    style: str


def styled(text: str, style: str) -> str:
    """In a colour, or "bold" or "dim"; as it is for "", and where NO_COLOR is set (https://no-color.org)."""
    return text if not style or os.environ.get("NO_COLOR") else typer.style(text, **_STYLES[style])


def cell_width(text: str) -> int:
    """Columns of a terminal: East Asian letters take two, accents that are letters of their own none."""
    if text.isascii():
        return len(text)
    wide = sum(east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(combining(character) > 0 for character in text)


def printable(text: str) -> str:
    """Text from outside (event types, answers of subscribers) must not drive the terminal: control
    characters become visible. Line ends and tabs stay."""
    return "".join(c if c.isprintable() or c in "\n\t" else f"\\x{ord(c):02x}" for c in text)


def shown(value: object) -> str:
    """A value in a table's cell, in a message, or before and after a change."""
    if isinstance(value, Styled):
        return shown(value.value)
    if value is None or value == "" or value == [] or value == {}:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, float):
        return f"{value:g}" if value == round(value, 3) and abs(value) < 1e6 else str(value)
    if isinstance(value, list | tuple):
        return ", ".join(shown(entry) for entry in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {shown(entry)}" for name, entry in value.items())
    return printable(str(value))


def clock(at: float | None, now: float | None = None) -> str:
    """Epoch seconds for people, UTC: of today the time alone."""
    if at is None:
        return "-"
    moment = datetime.fromtimestamp(at, UTC)
    today = datetime.now(UTC) if now is None else datetime.fromtimestamp(now, UTC)
    return f"{moment:%H:%M:%S}" if moment.date() == today.date() else f"{moment:%Y-%m-%d %H:%M:%S}"


def shortened(event_id: str) -> str:
    """As much of an id as can be typed in its place; what is no event's id stays whole."""
    return event_id[:SHORT_ID] if event_id.startswith("evt_") and "_" not in event_id[4:] else event_id


def without_constants(
    columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[list[int], dict[str, str]]:
    """The columns that tell rows apart, by number, and what all rows have in common. The first column stays,
    and so does everything of a single row."""
    if len(rows) < 2:
        return list(range(len(columns))), {}
    same = {i for i in range(1, len(columns)) if len({row[i] for row in rows}) == 1}
    kept = [i for i in range(len(columns)) if i not in same]
    return kept, {columns[i]: rows[0][i] for i in sorted(same) if rows[0][i] != "-"}
