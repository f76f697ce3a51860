"""A transform makes the whole new body or fails with a reason."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.records import StoredEvent
from doorbell.payloads import transform as module
from doorbell.payloads.errors import ComposeError
from doorbell.payloads.transform import transformed

Make = Callable[..., StoredEvent]
JSON = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


def test_result_is_the_new_body_as_json(make_event: Make) -> None:
    made = transformed(
        "{id: event.id, what: body.action, n: body.number}", make_event(), b'{"action":"\xc3\xa9"}'
    )
    assert made == '{"id":"evt_1_2","what":"é","n":null}'.encode()


@pytest.mark.parametrize("expression", ["body.absent", "body.items[?id == `9`] | [0]"])
def test_null_result_is_a_failure_not_an_empty_body(make_event: Make, expression: str) -> None:
    with pytest.raises(ComposeError) as caught:
        transformed(expression, make_event(), b'{"items":[]}')
    assert caught.value.code == "transform_failed"
    assert "null" in caught.value.detail


@pytest.mark.parametrize("expression", ["`[]`", "`{}`", "`0`", "`false`", "''"])
def test_empty_but_present_result_is_a_body(make_event: Make, expression: str) -> None:
    assert transformed(expression, make_event(), b"{}")


@pytest.mark.parametrize(
    "expression",
    ["body.n", "to_number('1e999')", "abs(body.s)", "nope(@)", "body.[", "[map(&@, `[1]`), body.n]"],
)
def test_result_that_is_not_json_or_cannot_be_made_is_a_failure(make_event: Make, expression: str) -> None:
    with pytest.raises(ComposeError) as caught:
        transformed(expression, make_event(), b'{"n":1e999,"s":"s3cret"}')
    assert caught.value.code == "transform_failed"
    assert "s3cret" not in str(caught.value)


def test_result_beyond_the_limit_is_a_failure(make_event: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_RESULT_BYTES", 20)
    assert len(transformed("body", make_event(), b'"' + b"x" * 18 + b'"')) == 20
    with pytest.raises(ComposeError, match="more than 20 bytes"):
        transformed("body", make_event(), b'"' + b"x" * 19 + b'"')


def test_exploding_result_is_a_failure(make_event: Make) -> None:
    with pytest.raises(ComposeError, match="too costly"):
        transformed("|".join(["[@,@]"] * 50), make_event(), b"{}")


def test_size_of_what_will_be_written_out_is_paid_for(
    make_event: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TRANSFORM_STEPS", 500)
    with pytest.raises(ComposeError, match="too costly"):
        transformed("map(&`[1,2,3,4,5,6,7,8,9]`, body)", make_event(), b"[%s0]" % (b"0," * 99))


@pytest.mark.parametrize(
    "expression",
    [
        f"map(&'{'😀' * 4000}', body)",
        f"to_string(map(&'{'x' * 4000}', body))",
        f"map(&`{'9' * 4000}`, body)",
        f"length([{','.join([f"join('{'x' * 180}', map(&'x', body))"] * 3)}])",
    ],
)
def test_text_is_paid_for_as_often_as_it_is_made(make_event: Make, expression: str) -> None:
    """Each would make 20 to 180 million characters, of 90 KB."""
    assert module.problem_with(expression) is None
    with pytest.raises(ComposeError, match="too costly"):
        transformed(expression, make_event(), b"[%s0]" % (b"0," * 43_999))


def test_the_largest_body_can_be_transformed_whole(make_event: Make) -> None:
    body = b'["' + b"x" * 4_499_996 + b'"]'
    assert transformed("body", make_event(), body) == body


def test_credentials_cannot_be_transformed_into_a_body(make_event: Make) -> None:
    event = make_event(headers={"authorization": "Basic s3cret", "x-webhook-secret": "s3cret", "x-a": "1"})
    assert transformed("headers", event, b"{}") == b'{"x-a":"1"}'


@given(value=JSON)
def test_identity_transform_keeps_every_json_value(make_event: Make, value: object) -> None:
    body = json.dumps(value).encode()
    assert json.loads(transformed("body", make_event(), body)) == value


def test_half_a_surrogate_pair_survives(make_event: Make) -> None:
    assert transformed("body", make_event(), b'"\\ud800"') == b'"\\ud800"'
