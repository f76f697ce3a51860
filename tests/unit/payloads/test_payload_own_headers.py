"""What a subscription may add, and what Doorbell says of the event."""

from collections.abc import Callable

import pytest

from doorbell.domain.headers import first_problem
from doorbell.domain.records import StoredEvent
from doorbell.payloads.own_headers import doorbell_headers, subscription_headers

Make = Callable[..., StoredEvent]
RESERVED = [
    "Webhook-Id", "webhook-timestamp", "webhook-signature", "User-Agent", "doorbell-attempt",
    "Doorbell-Anything", "Host", "Content-Length", "Content-Type", "Content-Encoding", "Connection",
    "Transfer-Encoding", "TE", "Expect", "Accept-Encoding", "Proxy-Authorization", "X-Forwarded-For",
    "Forwarded", "Via", "X-Amzn-Trace-Id",
]  # fmt: skip


@pytest.mark.parametrize("name", RESERVED)
def test_reserved_name_is_refused_when_written_and_loses_when_sent(name: str) -> None:
    assert first_problem({"x-ok": "1", name: "v"}) == (name, "set by Doorbell or by the connection")
    assert subscription_headers({"X-Ok": "1", name: "v"}) == {"x-ok": "1"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-a", "s3cret\r\nx-evil: 1"),
        ("x-a", "s3cret\n"),
        ("x-a", " s3cret"),
        ("x a", "s3cret"),
        ("", "s3cret"),
    ],
)
def test_header_that_would_not_be_one_header_is_refused_without_showing_it(name: str, value: str) -> None:
    problem = first_problem({name: value})
    assert problem is not None
    assert "s3cret" not in str(problem)
    with pytest.raises(ValueError, match=r"no header can have|control characters") as caught:
        subscription_headers({name: value})
    assert "s3cret" not in str(caught.value)


def test_own_headers_are_welcome_and_credentials_by_reference() -> None:
    assert (
        first_problem({"X-Team": "billing", "Authorization": "ssm:/doorbell/a", "x-umlaut": "\u00fc"}) is None
    )


def test_credential_in_clear_is_refused_without_showing_it() -> None:
    found = first_problem({"Authorization": "Bearer t0psecret"})
    assert found is not None
    assert found[0] == "Authorization"
    assert "secret reference" in found[1]
    assert "t0psecret" not in found[1]


def test_same_name_in_two_spellings_and_too_many_are_refused() -> None:
    assert "given twice" in str(first_problem({"X-A": "1", "x-a": "2"}))
    assert "more than" in str(first_problem({f"x-{n}": "1" for n in range(41)}))
    assert "more than" in str(first_problem({"x-a": "1" * 9000}))


@pytest.mark.parametrize(
    ("event_type", "shown"),
    [
        ("invoice.paid", "invoice.paid"),
        ("a\r\nx-evil: 1", "a%0D%0Ax-evil: 1"),
        ("gr\u00fc\u00df", "gr%C3%BC%C3%9F"),
        ("\ud800", "?"),
        ("x" * 1000, "x" * 256),
    ],
)
def test_event_type_cannot_break_out_of_its_header(make_event: Make, event_type: str, shown: str) -> None:
    headers = doorbell_headers(make_event(event_type=event_type), 3, "1.2.3")
    assert headers == {
        "user-agent": "Doorbell/1.2.3",
        "doorbell-event-type": shown,
        "doorbell-source": "github-main",
        "doorbell-attempt": "3",
    }
