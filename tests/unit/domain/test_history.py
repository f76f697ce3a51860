"""Which deliveries of a history are meant: by state, by the last answer, by type."""

import pytest

from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.history import EndedRow, Sought, history_shelf, history_shelves, status_problem
from tests.support.builders import a_delivery

TOLD = EndedRow(
    DeliveryKey("evt_1", "sub_1"), "acme", 10.0, "exhausted", "schedule", 3, 503, None, "a.b", True
)
TIMED_OUT = EndedRow(
    DeliveryKey("evt_2", "sub_1"), "acme", 9.0, "exhausted", "age", 3, None, "timeout", "a.c", True
)
BEFORE = EndedRow(DeliveryKey("evt_3", "sub_1"), "acme", 8.0, "exhausted", "schedule")


@pytest.mark.parametrize(
    ("sought", "takes"),
    [
        (Sought(), (True, True, True)),
        (Sought(("delivered",)), (False, False, False)),
        (Sought(status="503"), (True, False, None)),
        (Sought(status="5xx"), (True, False, None)),
        (Sought(status="4xx"), (False, False, None)),
        (Sought(error="timeout"), (False, True, None)),
        (Sought(type_glob="a.*"), (True, True, None)),
        (Sought(type_glob="a.b", status="5xx"), (True, False, None)),
        (Sought(("cancelled",), status="5xx"), (False, False, False)),
    ],
)
def test_a_row_is_taken_left_or_does_not_say(sought: Sought, takes: tuple[bool | None, ...]) -> None:
    assert tuple(map(sought.takes, (TOLD, TIMED_OUT, BEFORE))) == takes


@pytest.mark.parametrize("text", ["", "5", "600", "099", "7xx", "5XX", "abc", "50", "5000", "²00", "200 "])
def test_what_is_no_status_is_said(text: str) -> None:
    assert "such as 5xx" in (status_problem(text) or "")


@pytest.mark.parametrize("text", ["200", "404", "599", "100", "1xx", "5xx"])
def test_a_status_or_a_class_of_them_is_one(text: str) -> None:
    assert status_problem(text) is None


def test_a_history_is_spread_over_its_own_shelves_and_no_other_s() -> None:
    many = [a_delivery(key=DeliveryKey(f"evt_{number}", "sub_1")) for number in range(200)]
    assert {history_shelf(delivery) for delivery in many} == set(history_shelves("acme/sub_1"))
