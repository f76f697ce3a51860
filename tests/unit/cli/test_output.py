"""How commands speak, and the codes they end with."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
import typer

from doorbell_cli.output import Exit, Output, clock, fail, printable, progress, shown


def test_a_table_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    Output().rows(["name", "on"], [["ci", True], ["books", False]], document=[])
    out = capsys.readouterr().out
    assert [line.split() for line in out.splitlines() if line.strip()][2:] == [["ci", "yes"], ["books", "no"]]


def test_json_is_one_document_whatever_else_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output(as_json=True)
    out.say("hello")
    out.rows(
        ["a"], [["b"]], document={"n": Decimal("1.5"), "whole": Decimal(2), "set": {"b", "a"}, "t": (1,)}
    )
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"n": 1.5, "whole": 2, "set": ["a", "b"], "t": [1]}
    assert captured.err == ""


def test_long_values_are_whole_when_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    Output().rows(["url"], [["https://example.com/" + "x" * 200]], document=[])
    assert "x" * 200 in capsys.readouterr().out


def test_no_rows_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    Output().rows(["a"], [], document=[], empty="nothing there")
    assert capsys.readouterr().out.strip() == "nothing there"


def test_text_from_outside_does_not_drive_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "a\x1b[2J\x9b1m[red]b[/red]"
    out = Output()
    out.rows(["x"], [[hostile]], document=None)
    out.say(hostile)
    out.note(hostile)
    captured = capsys.readouterr()
    for text in (captured.out, captured.err):
        assert "\x1b[2J" not in text
        assert "\x9b" not in text
        assert "\\x1b[2J\\x9b1m[red]b[/red]" in text


def test_fail_says_why_and_ends_with_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as raised:
        fail("no", Exit.AWS)
    assert raised.value.exit_code == 3
    assert capsys.readouterr().err == "error: no\n"


def test_progress_is_silent_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("working", 2) as bar:
        bar.step()
        bar.label("still")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "-"), ([], "-"), ("", "-"), (0, "0"), (False, "no"), (["a", 1], "a, 1"), ({"a": None}, "a: -")],
)
def test_values_in_cells(value: object, text: str) -> None:
    assert shown(value) == text


def test_times_are_utc() -> None:
    assert (clock(0), clock(None)) == ("1970-01-01 00:00:00", "-")


def test_line_ends_and_umlauts_stay() -> None:
    assert printable("Tür\n\tzu\r") == "Tür\n\tzu\\x0d"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("5.0"), "5"),
        (Decimal("0.50"), "0.5"),
        (Decimal("10"), "10"),
        (Decimal("1E+3"), "1000"),
        ([Decimal("0"), Decimal("1.5")], "0, 1.5"),
        ({"schedule": [Decimal("0"), Decimal("300")]}, "schedule: 0, 300"),
        (15.0, "15"),
        (0.25, "0.25"),
        (1_790_000_000.5, "1790000000.5"),
    ],
)
def test_numbers_are_written_as_people_write_them(value: object, text: str) -> None:
    assert shown(value) == text
