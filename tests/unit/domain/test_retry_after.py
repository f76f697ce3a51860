"""How long a subscriber asks to be left alone: every form that is sent, of which the standard has two."""

from __future__ import annotations

from datetime import UTC, datetime
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.retry_after import RESETS, retry_after_seconds, wait_asked_for

NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        # seconds
        ("120", 120), ("0", 0), ('"120"', 120), ("86400000", 86_400_000),
        # parts of one, rounded up: never sooner than was asked
        ("0.493", 1), ("1.5", 2), ("292.052427053", 293), ("2.0", 2), ("7.", 7),
        # with a unit
        ("30s", 30), ("30 seconds", 30), ("500ms", 1), ("1m30s", 90), ("6m0s", 360), ("2h", 7200),
        ("5 Min", 300),
        # twice, and joined on the way
        ("60, 120", 60), ("1700000060, 1700000060", 60),
        # the three forms of a date, and ISO 8601
        ("Tue, 14 Nov 2023 22:14:20 GMT", 60), ("Tuesday, 14-Nov-23 22:14:20 GMT", 60),
        ("Tue Nov 14 22:14:20 2023", 60),
        ("2023-11-14T22:14:20Z", 60), ("2023-11-14T23:14:20+01:00", 60), ("2023-11-14 22:14:20", 60),
        ("2023-11-14T22:14:20.250Z", 61),
        # the moment as a number: seconds, and smaller parts
        ("1700000060", 60), ("1700000060.5", 61), ("1700000060000", 60), ("1700000060000000", 60),
        ("1700000060000000000", 60),
        # a moment that has passed
        ("1699999999", 0), ("1699999999000", 0), ("Tue, 14 Nov 2023 22:13:19 GMT", 0),
        ("2023-11-14T22:13:19Z", 0),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
        # nothing that can be read
        ("", 0), ("soon", 0), ("-5", 0), ("inf", 0), ("nan", 0), ("1e3", 0), ("0x10", 0),
        ("30 fortnights", 0),
        ("2023-99-99T00:00:00Z", 0), ("\u0663", 0),
    ],
)  # fmt: skip
def test_every_form_is_read_as_seconds_from_now(value: str, seconds: int) -> None:
    assert retry_after_seconds(value, now=NOW) == seconds


@given(st.floats(0, 999_999_999))
def test_a_wait_is_never_shorter_than_was_asked_for(seconds: float) -> None:
    text = f"{seconds:.6f}"
    assert retry_after_seconds(text, now=NOW) == ceil(float(text))


@given(st.integers(-(10**8), 10**8), st.sampled_from([1, 10**3, 10**6, 10**9]))
def test_a_moment_means_the_same_in_every_unit_and_as_a_date(offset: int, per_second: int) -> None:
    moment = int(NOW) + offset
    as_date = datetime.fromtimestamp(moment, UTC).isoformat()
    assert (
        retry_after_seconds(str(moment * per_second), now=NOW)
        == retry_after_seconds(as_date, now=NOW)
        == max(0, offset)
    )


@given(st.text(alphabet='0123456789. smh:-TZ"', max_size=200))
def test_nothing_that_looks_like_a_wait_raises_or_is_negative(value: str) -> None:
    assert retry_after_seconds(value, now=NOW) >= 0


@pytest.mark.parametrize(
    ("headers", "status", "seconds"),
    [
        ({"retry-after": "7"}, 500, 7),
        ({"retry-after-ms": "1500"}, 503, 2),
        ({"x-ms-retry-after-ms": "100"}, 429, 1),
        ({"retry-after": "7", "retry-after-ms": "1500"}, 429, 7),
        ({"retry-after": "soon", "retry-after-ms": "1500"}, 429, 2),
        ({"retry-after": "soon"}, 429, 0),
        ({"retry-after-ms": "soon"}, 429, 0),
        ({}, 429, 0),
        *(({name: "20"}, 429, 20) for name in RESETS),
        *(({name: "1700000020"}, 429, 20) for name in RESETS),
        ({"x-ratelimit-reset": "1700000020", "x-ratelimit-remaining": "0"}, 429, 20),
        ({"x-ratelimit-reset": "soon", "x-rate-limit-reset": "20"}, 429, 20),
        # such headers are in every answer: they count where this limit was met, and only there
        ({"x-ratelimit-reset": "1700003600"}, 503, 0),
        ({"x-ratelimit-reset": "1700003600", "x-ratelimit-remaining": "12"}, 429, 0),
    ],
)
def test_other_headers_are_read_where_retry_after_says_nothing(
    headers: dict[str, str], status: int, seconds: int
) -> None:
    assert retry_after_seconds(wait_asked_for(headers, status), now=NOW) == seconds
