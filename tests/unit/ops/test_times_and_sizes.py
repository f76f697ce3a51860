"""What people type: spans, moments, counts, sizes, shares."""

from functools import partial

import pytest
import typer

from doorbell_cli.commands.operations.cost_numbers import count, milliseconds, share, size
from doorbell_cli.ops.times import moment, period, seconds, span

FLAG = "--since"
NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("text", "expected"), [("30s", 30), ("90m", 5400), ("1.5h", 5400), ("7d", 604_800), ("2w", 1_209_600)]
)
def test_a_span_is_a_number_and_a_unit(text: str, expected: float) -> None:
    assert seconds(text, FLAG) == expected


def test_a_moment_is_now_a_span_ago_or_a_date_in_utc() -> None:
    assert moment("now", NOW) == NOW
    assert moment("1h", NOW) == NOW - 3600
    assert moment("2023-11-14", NOW) == 1_699_920_000
    assert moment("2023-11-14T22:13:20Z", NOW) == NOW
    assert moment("2023-11-15T00:13:20+02:00", NOW) == NOW


@pytest.mark.parametrize("text", ["9999-12-31", "2023-11-14T22:13:21Z"])
def test_a_moment_to_come_is_now(text: str) -> None:
    assert moment(text, NOW) == NOW


@pytest.mark.parametrize("text", ["", "7", "d", "7 days ago", "yesterday"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="Examples"):
        moment(text, NOW)


@pytest.mark.parametrize(
    "text", ["1000000d", f"{'9' * 400}d", "0001-01-01", "0001-01-01T00:00+14:00", "1969-12-31"]
)
def test_a_moment_before_1970_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="before 1970"):
        moment(text, NOW)


@pytest.mark.parametrize(
    ("value", "expected"), [(8, "8 s"), (60, "1 min"), (725, "12 min 5 s"), (100_800, "1 d 4 h")]
)
def test_a_span_is_shown_in_two_units_at_most(value: float, expected: str) -> None:
    assert span(value) == expected


def test_counts_sizes_and_shares_are_read_as_people_write_them() -> None:
    assert (count("10M", FLAG), count("500k", FLAG), count("12", FLAG)) == (10e6, 500e3, 12)
    assert (size("4KB", FLAG), size("800B", FLAG), size("1MB", FLAG), size("300", FLAG)) == (
        4096,
        800,
        1_048_576,
        300,
    )
    assert (share("5%", FLAG), share("0.05", FLAG), share("120%", FLAG)) == (0.05, 0.05, 1.2)
    for read, text in ((count, "many"), (size, "-4KB"), (share, "few")):
        with pytest.raises(typer.BadParameter):
            read(text, FLAG)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    assert period("2h", "1h", NOW) == (NOW - 7200, NOW - 3600)
    assert period("now", "now", NOW) == (NOW, NOW)
    with pytest.raises(typer.BadParameter, match="until 2h is before since 1h"):
        period("1h", "2h", NOW)


def test_a_period_begins_no_earlier_than_anything_is_kept() -> None:
    oldest = NOW - 367 * 86_400
    assert period("1970-01-01", "now", NOW) == (oldest, NOW)
    assert period("1970-01-01", "800d", NOW) == (oldest, oldest)


def test_numbers_without_end_are_none() -> None:
    for read in (count, size):
        with pytest.raises(typer.BadParameter):
            read("9" * 400, FLAG)


def test_a_load_that_no_doorbell_can_have_is_refused_with_what_it_can() -> None:
    """No bill of it is right: an attempt ends after 30 s, and no larger body comes in."""
    assert count("1000G", FLAG) == 1e12
    assert milliseconds("30s", FLAG) == 30_000
    assert size("4500000", FLAG) == 4_500_000
    assert share("100%", FLAG, most=1) == 1
    for read, text, most in (
        (count, "1001G", "1000G"),
        (milliseconds, "31s", "30s"),
        (milliseconds, "30001ms", "30s"),
        (size, "5MB", "4,500,000 bytes"),
        (partial(share, most=1), "101%", r"1 \(100%\)"),
        (share, "1001%", r"10 \(1000%\)"),
        (share, "nan", r"10 \(1000%\)"),
    ):
        with pytest.raises(typer.BadParameter, match=most):
            read(text, FLAG)


@pytest.mark.parametrize(("text", "expected"), [("200ms", 200), ("2s", 2000), ("1.5 s", 1500)])
def test_a_latency_is_a_number_of_milliseconds_or_seconds(text: str, expected: float) -> None:
    assert milliseconds(text, FLAG) == expected


@pytest.mark.parametrize("text", ["", "200", "2m", "-1s", f"{'9' * 400}s"])
def test_a_latency_without_its_unit_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="Examples: 200ms"):
        milliseconds(text, FLAG)
