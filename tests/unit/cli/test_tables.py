"""Tables on a terminal of 80 and of 120 columns: nothing that one must type is ever cut or folded."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from doorbell.domain.events import event_id_for
from doorbell.signatures.catalogue import find, names
from doorbell_cli.cells import Styled, clock, shown
from doorbell_cli.providers.texts import dedupe, event_type, proof
from doorbell_cli.tables import field_lines, table_lines

IDS = [event_id_for("default", "gh", str(number)) for number in range(3)]
NOW = 1_790_000_000.0
URL = "https://hooks.example.com/a/rather/long/path/that/goes/on?and=on"

type Shown = tuple[Sequence[str], Sequence[Sequence[object]]]

EVENTS: Shown = (
    ["recorded", "event", "type", "source"],
    [
        [clock(NOW - 90_000 * n, NOW), IDS[n], f"customer.subscription.updated{n}", f"stripe-main-{n}"]
        for n in range(3)
    ],
)
DELIVERIES: Shown = (
    ["ended", "subscription", "event", "state", "reason"],
    [
        [clock(NOW, NOW), "bookkeeping", IDS[0], "exhausted", "schedule"],
        [clock(NOW - 90_000, NOW), "ci", IDS[1], "cancelled", "subscription_disabled"],
    ],
)
SUBSCRIPTIONS: Shown = (
    ["tenant", "subscription", "url", "event types", "state", "health"],
    [
        ["acme", "bookkeeping-production", URL, ["invoice.*", "customer.*"], "enabled", "healthy"],
        ["default", "x" * 64, URL, [], Styled("BROKEN url: not https", "red"), "PARKED until 08:14:32"],
    ],
)
PROVIDERS: Shown = (
    ["name", "provider", "proof", "dedupe", "event type"],
    [[e.name, e.title, proof(e), dedupe(e), event_type(e)] for e in map(find, names()) if e is not None],
)
TABLES: list[Shown] = [
    EVENTS,
    DELIVERIES,
    SUBSCRIPTIONS,
    PROVIDERS,
]


def strip(line: str) -> str:
    """Without colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", line)


def drawn(columns: Sequence[str], cells: Sequence[Sequence[object]], width: int) -> str:
    return strip("\n".join(table_lines(columns, cells, spare=("dedupe", "event type"), width=width)))


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize(("columns", "cells"), TABLES)
def test_names_and_ids_are_never_cut_or_folded(
    columns: Sequence[str], cells: Sequence[Sequence[object]], width: int
) -> None:
    text = drawn(columns, cells, width)
    for title in {"subscription", "source", "name", "tenant"} & set(columns):
        for row in cells:
            assert shown(row[columns.index(title)]) in text
    if "event" in columns:
        assert all(str(row[columns.index("event")])[:12] in text for row in cells)


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize(("columns", "cells"), [EVENTS, DELIVERIES, PROVIDERS])
def test_a_table_stays_within_its_terminal(
    columns: Sequence[str], cells: Sequence[Sequence[object]], width: int
) -> None:
    assert max(map(len, drawn(columns, cells, width).splitlines())) <= width


def test_an_event_id_is_whole_where_there_is_room_and_its_beginning_where_there_is_not() -> None:
    assert IDS[0] in drawn(*EVENTS, 120)
    narrow = drawn(*DELIVERIES, 80)
    assert IDS[0] not in narrow
    assert f" {IDS[0][:12]} " in narrow


def test_what_fits_no_table_is_written_as_a_block_for_each_row() -> None:
    lines = drawn(*SUBSCRIPTIONS, 80).splitlines()
    assert f"subscription  {'x' * 64}" in lines
    assert any(line.startswith("state") and line.endswith("BROKEN url: not https") for line in lines)


def test_what_all_rows_have_in_common_is_said_once() -> None:
    cells: list[list[object]] = [["a", "push", None], ["b", "push", None]]
    text = drawn(["event", "type", "reason"], cells, 80)
    assert text.count("push") == 1
    assert "All of them: type push" in text
    assert "reason" not in text


def test_of_a_single_row_everything_is_shown() -> None:
    text = drawn(["event", "type"], [["a", "push"]], 80)
    assert "type" in text
    assert "All of them" not in text


def test_a_pipe_gets_every_column_and_every_character() -> None:
    out = "\n".join(table_lines(["event", "type"], [[IDS[0], "push"], [IDS[1], "push"]]))
    assert out.count("push") == 2
    assert IDS[0] in out


def test_a_long_value_is_folded_under_its_own_column() -> None:
    lines = drawn(["name", "what"], [["a", "word " * 30]], 40).splitlines()
    folded = [line for line in lines if "word" in line]
    assert len(folded) > 3
    assert folded[0].startswith(" a ")
    assert all(line.startswith("        word") for line in folded[1:])
    assert max(map(len, lines)) <= 40


def test_columns_stay_straight_whatever_is_in_them() -> None:
    lines = drawn(["name", "what"], [["日本", "x"], ["ab", "y"], ["e\u0301", "z"]], 40).splitlines()
    assert [line.rstrip() for line in lines[3:6]] == [" 日本   x", " ab     y", " e\u0301      z"]


def test_a_field_that_is_long_goes_on_below_itself() -> None:
    lines = [line.rstrip() for line in field_lines({"a": "one two three four", "long": 1}, width=20)]
    assert [strip(line) for line in lines] == ["a    one two three", "     four", "long 1"]


def test_times_of_today_are_times() -> None:
    assert clock(NOW, NOW) == "14:13:20"
    assert clock(NOW - 86_400, NOW) == "2026-09-20 14:13:20"
