"""What is told of an exchange for people: where it went, what was sent and answered, how long it took."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from doorbell.domain.outbound import Outcome, Wire
from doorbell.egress.client import HttpSender
from doorbell.egress.redaction import REDACTED
from doorbell.egress.told import ANSWERED_BYTES, SENT_BYTES
from tests.integration.egress.certificates import Authority
from tests.integration.egress.local import LOCAL, request_to, to_loopback
from tests.integration.egress.peers import Peer, answering, ok
from tests.support.subscribers import dead_port

TOKEN = "token-of-the-subscriber-0123456789"
FAILS = b"HTTP/1.1 503 X\r\nretry-after: 120\r\nx-request-id: r1\r\ncontent-length: 0\r\n\r\n"


@pytest.fixture
def teller() -> Iterator[HttpSender]:
    """Tells of successes too."""
    with closing(HttpSender(LOCAL, to_loopback, tells_successes=True)) as sender:
        yield sender


def wire(outcome: Outcome) -> Wire:
    assert outcome.wire is not None
    return outcome.wire


def test_a_failure_is_told_with_its_address_headers_and_times(sender: HttpSender) -> None:
    headers = (("webhook-id", "msg_1"), ("user-agent", "Doorbell/1"))
    with Peer(answering(FAILS)) as peer:
        told = wire(sender.send(request_to(peer.port, headers=headers, signed_by=("ssm:/doorbell/key",))))
    assert (told.address, told.is_kept, told.signed_by) == ("127.0.0.1", False, ("ssm:/doorbell/key",))
    assert told.sent == headers
    assert dict(told.answered) == {"retry-after": "120", "x-request-id": "r1", "content-length": "0"}
    assert None not in (told.dns_ms, told.connect_ms, told.first_byte_ms)
    assert (told.tls_ms, told.is_cut) == (None, False)


def test_of_a_success_nothing_is_told_unless_that_is_asked_for(
    sender: HttpSender, teller: HttpSender
) -> None:
    with Peer(ok) as peer:
        assert sender.send(request_to(peer.port)).wire is None
        assert wire(teller.send(request_to(peer.port))).address == "127.0.0.1"


def test_tls_and_a_connection_that_stood_already_are_told_apart(
    teller: HttpSender, authority: Authority, tmp_path: Path
) -> None:
    answer = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", keep=True)
    with Peer(answer, tls=authority.server_context(tmp_path, "subscriber.example")) as peer:
        request = request_to(peer.port, scheme="https", ca_bundle_pem=authority.pem)
        first, second = wire(teller.send(request)), wire(teller.send(request))
    assert first.tls_ms is not None
    assert (second.is_kept, second.connect_ms, second.tls_ms) == (True, None, None)
    assert second.first_byte_ms is not None


def test_what_it_never_came_to_has_no_time(sender: HttpSender) -> None:
    with dead_port() as port:
        told = wire(sender.send(request_to(port)))
    assert (told.address, told.connect_ms, told.first_byte_ms) == ("127.0.0.1", None, None)
    assert told.answered == ()
    refused = wire(sender.send(request_to(1, host="169.254.1.1")))
    assert (refused.address, refused.dns_ms) == (None, None)


def test_guarantee_6_no_credential_is_told_neither_sent_nor_answered(sender: HttpSender) -> None:
    headers = (
        ("authorization", f"Bearer {TOKEN}"),
        ("x-own", "abc"),
        ("x-note", f"it is {TOKEN}."),
        ("webhook-id", "msg_1"),
    )
    answer = f"HTTP/1.1 401 X\r\nset-cookie: s=1\r\nx-you-sent: {TOKEN}\r\ncontent-length: 0\r\n\r\n"
    with Peer(answering(answer.encode())) as peer:
        told = wire(sender.send(request_to(peer.port, headers=headers, secrets=("abc", TOKEN))))
    assert TOKEN not in repr(told)
    assert dict(told.sent) == {
        "authorization": REDACTED, "x-own": REDACTED, "x-note": f"it is {REDACTED}.", "webhook-id": "msg_1",
    }  # fmt: skip
    assert (dict(told.answered)["set-cookie"], dict(told.answered)["x-you-sent"]) == (REDACTED, REDACTED)


def test_headers_without_end_are_cut_and_it_is_said(sender: HttpSender) -> None:
    many = tuple((f"x-{number}", "v" * 500) for number in range(20))
    answer = "".join(f"x-{number}: {'v' * 500}\r\n" for number in range(20))
    with Peer(answering(f"HTTP/1.1 500 X\r\n{answer}content-length: 0\r\n\r\n".encode())) as peer:
        told = wire(sender.send(request_to(peer.port, headers=many)))
    assert told.is_cut
    for headers, most in ((told.sent, SENT_BYTES), (told.answered, ANSWERED_BYTES)):
        assert 0 < sum(len(name) + len(value) for name, value in headers) <= most
