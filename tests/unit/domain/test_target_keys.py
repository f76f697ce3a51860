"""Keys of objects and records, made of events."""

import pytest

from doorbell.domain.target_keys import MAX_VALUES, OF_OBJECTS, filled, problem_with_key

KNOWN = {
    "id": "evt_1", "type": "order.paid", "source": "shop", "provider": "stripe", "tenant": "acme",
    "subscription": "books",
}  # fmt: skip
AT = 1_795_996_799.5  # 2026-11-29T23:59:59 UTC


def key(template: str, body: bytes = b"{}") -> str:
    return filled(template, KNOWN, AT, body)


def test_the_usual_key_of_an_object_is_its_subscription_day_and_event() -> None:
    assert key(OF_OBJECTS) == "books/2026/11/29/evt_1"


def test_a_key_is_made_of_the_event_the_time_of_its_ring_and_its_body() -> None:
    assert key("{tenant}/{type}/h={hour}/{id}.json") == "acme/order.paid/h=23/evt_1.json"
    assert key("{body.customer.id}", b'{"customer": {"id": 17}}') == "17"
    assert key("{body.live}", b'{"live": true}') == "true"


@pytest.mark.parametrize("body", [b"{}", b"no JSON", b"[1]", b'{"a": [1]}', b'{"a": 1.5}', b'{"a": ""}'])
def test_what_is_not_there_is_a_dash(body: bytes) -> None:
    assert key("x{body.a}", body) == "x-"


@pytest.mark.parametrize(
    ("value", "made"),
    [("../../x", ".._.._x"), ("..", "_"), ("a/b c", "a_b_c"), ("ü", "_"), ("x" * 99, "x" * 64)],
)
def test_no_value_leads_out_of_the_prefix(value: str, made: str) -> None:
    assert filled("{type}", {**KNOWN, "type": value}, AT, b"") == made


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("", "1 to 200"),
        ("x" * 201, "1 to 200"),
        ("{nothing}", "{nothing} is nothing of an event"),
        ("{body}", "is nothing of an event"),
        ("{id", "may stand there"),
        ("a b", "may stand there"),
        ("{id}" * (MAX_VALUES + 1), "at most 6"),
        ("/{id}", "part between slashes"),
        ("{id}/", "part between slashes"),
        ("a/../{id}", "part between slashes"),
    ],
)
def test_a_template_that_cannot_be_filled_says_why(template: str, why: str) -> None:
    assert why in str(problem_with_key(template))
    assert problem_with_key(OF_OBJECTS) is None
