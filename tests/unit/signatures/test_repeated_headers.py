"""A header that came more than once reaches us as one, its values joined by commas (payload format 2.0).

Its sender meant one of them, and nobody knows which: a proxy may have added the other.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from doorbell.domain.errors import SignatureError
from doorbell.domain.events import Several, VerifiedEvent
from doorbell.domain.requests import RawRequest
from tests.unit.signatures.cases import CASES, Case, with_header

JOINS = (",", ", ")
LISTS = ("list", "pairs")
"""Forms of which a provider itself sends several signatures in one header, while it rotates its key."""


def headers_of(case: Case, kind: str) -> Iterator[tuple[RawRequest, str, str]]:
    scheme = case.entry.scheme
    at = None if scheme is None else scheme.signature if kind == "signature" else scheme.timestamp
    request = case.signed()
    for name in at.headers if at is not None else ():
        if value := request.headers.get(name):
            yield request, name, value


def packing(case: Case) -> str:
    return "" if case.entry.scheme is None else case.entry.scheme.signature.packing


def has_a_time_of_its_own(case: Case) -> bool:
    scheme = case.entry.scheme
    return scheme is not None and scheme.timestamp is not None and bool(scheme.timestamp.headers)


def is_a_list(case: Case) -> bool:
    """Of signatures between commas, and of nothing else: no time, no other part of what is signed."""
    scheme = case.entry.scheme
    if scheme is None or packing(case) not in LISTS or scheme.signature.mark != ",":
        return False
    has_a_time = scheme.timestamp is not None and bool(scheme.timestamp.pair)
    return not has_a_time and not any(part.startswith("pair:") for part in scheme.message)


def wrong(value: str, letter: str = "A") -> str:
    """The same but for a character in the middle."""
    at = len(value) // 2
    return value[:at] + (letter if value[at] != letter else "D") + value[at + 1 :]


def proves(case: Case, request: RawRequest, name: str, value: str) -> bool:
    try:
        return isinstance(case.examine(with_header(request, name, value)), VerifiedEvent | Several)
    except SignatureError:
        return False


def at_once(value: str) -> list[str]:
    """The right one first, last and twice."""
    orders = ((value, wrong(value)), (wrong(value), value), (value, value))
    return [join.join(order) for order in orders for join in JOINS]


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if packing(case) not in ("", *LISTS)])
def test_a_signature_that_came_twice_proves_nothing_wherever_the_right_one_stands(name: str) -> None:
    for request, header, value in headers_of(CASES[name], "signature"):
        assert not any(proves(CASES[name], request, header, given) for given in at_once(value))


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if has_a_time_of_its_own(case)])
def test_a_time_that_came_twice_is_no_time(name: str) -> None:
    for request, header, value in headers_of(CASES[name], "time"):
        assert not any(proves(CASES[name], request, header, given) for given in at_once(value))


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if is_a_list(case)])
def test_of_a_providers_own_list_any_proves_wherever_it_stands_and_none_where_all_are_wrong(
    name: str,
) -> None:
    """Where a time is in the list too it may be there once (`test_gate.py`)."""
    case = CASES[name]
    for request, header, value in headers_of(case, "signature"):
        assert proves(case, request, header, f"{value},{wrong(value)}")
        assert proves(case, request, header, f"{wrong(value)},{value}")
        assert not proves(case, request, header, f"{wrong(value)},{wrong(value, 'C')}")
