"""Filters look at `{event, body, headers}` and are true as JMESPath says."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import sleep
from typing import Any

import pytest

from doorbell.domain.matching import FilterError, Reason, match
from doorbell.domain.records import StoredEvent
from doorbell.domain.subscriptions import Subscription
from doorbell.payloads import filters as module
from doorbell.payloads.filters import Filters, is_true, problem_with
from doorbell.payloads.views import view_of

Make = Callable[..., StoredEvent]


def passes(event: StoredEvent, expression: str, body: bytes) -> bool:
    return Filters().passes(expression, event.incoming, body)


@pytest.mark.parametrize(
    "expression",
    [
        "body.action == 'opened' && body.number > `5`",
        "headers.\"x-github-event\" == 'pull_request'",
        "event.id == 'evt_1' && event.type == 'pull_request.opened' && event.source == 'github-main'",
        "event.provider == 'github' && event.tenant == 'acme'",
        "event.received_at == '2023-11-14T22:13:20.250Z'",
    ],
)
def test_filter_sees_event_body_and_headers(make_event: Make, expression: str) -> None:
    event = make_event()
    assert passes(event, expression, b'{"action":"opened","number":7}')
    assert not passes(event, f"!({expression})", b'{"action":"opened","number":7}')


@pytest.mark.parametrize(
    ("value", "truth"),
    [(0, True), (0.0, True), ("0", True), ([0], True), ({"a": None}, True), (True, True),
     ("", False), ([], False), ({}, False), (None, False), (False, False)],
)  # fmt: skip
def test_truth_is_jmespaths_not_pythons(value: Any, truth: bool) -> None:
    assert is_true(value) is truth


@pytest.mark.parametrize(
    ("body", "expression"),
    [
        (b"payload=1&b=2", "body == 'payload=1&b=2'"),
        (b"\xff\xfe\x00", "body.base64 == '//4A'"),
        (b"", "body == ''"),
        (b'{"a":NaN}', "type(body) == 'string'"),
        (b'\xef\xbb\xbf{"a":1}', "body.a == `1`"),
        (b"[" * 100_000 + b"]" * 100_000, "type(body) == 'string'"),
        (b"9" * 5000, "type(body) == 'string'"),
    ],
)
def test_body_that_is_not_json_is_text_or_marked_base64(
    make_event: Make, body: bytes, expression: str
) -> None:
    assert passes(make_event(), expression, body)


def test_credentials_are_not_in_sight(make_event: Make) -> None:
    event = make_event(
        headers={"Authorization": "Bearer t", "X-Gitlab-Token": "t", "Cookie": "t", "x-ok": "1"}
    )
    assert passes(event, 'keys(headers) == `["x-ok"]`', b"{}")


def test_failing_filter_is_a_filter_error_that_tells_nothing_of_the_event(make_event: Make) -> None:
    with pytest.raises(FilterError) as caught:
        passes(make_event(), "abs(body.name)", b'{"name":"s3cret"}')
    assert "abs()" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_filter_that_fails_does_not_match_and_the_reason_is_recorded(make_event: Make) -> None:
    event = make_event()
    subscription = Subscription("acme", "sub_1", "https://example.com", filter="body.name < `3`")
    found = match(
        subscription,
        source_id="github-main",
        event_type="x",
        passes=lambda expression: Filters().passes(expression, event.incoming, b'{"name":"a"}'),
    )
    assert found.reason is Reason.FILTER_ERROR
    assert found.detail


def test_costly_filter_is_an_error_not_a_stall(make_event: Make) -> None:
    with pytest.raises(FilterError, match="too costly"):
        passes(make_event(), "|".join(["[@,@]"] * 60), b"{}")


def test_body_is_parsed_once_for_all_filters_of_an_event(
    make_event: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def counting(*args: Any) -> dict[str, Any]:
        seen.append(args[1])
        return view_of(*args)

    monkeypatch.setattr(module, "view_of", counting)
    filters, event, body = Filters(), make_event().incoming, b'{"n":1}'
    assert [filters.passes(f"body.n == `{n}`", event, body) for n in range(3)] == [False, True, False]
    assert len(seen) == 1


def test_next_event_is_not_judged_by_the_last_ones_body(make_event: Make) -> None:
    filters, first, body = Filters(), make_event().incoming, b'{"n":1}'
    second = replace(first, event_id="evt_2")
    assert filters.passes("body.n == `1` && event.id == 'evt_1'", first, body)
    assert filters.passes("body.n == `1` && event.id == 'evt_2'", second, body)
    assert filters.passes("body.n == `2` && event.id == 'evt_2'", second, b'{"n":2}')


def test_filter_is_checked_when_written() -> None:
    assert problem_with("body.x == `1`") is None
    assert problem_with("body.x ==") is not None


def test_events_take_turns() -> None:
    filters, inside, most = Filters(), 0, 0

    def look(_: int) -> None:
        nonlocal inside, most
        with filters.turn():
            inside += 1
            most = max(most, inside)
            sleep(0.002)
            inside -= 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(look, range(8)))
    assert (most, inside) == (1, 0)
