"""Kept connections: reused when nothing changed, dropped when anything did, never a silent second send."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from doorbell.domain.clocks import Clocks
from doorbell.egress.client import MAX_BODY_BYTES, HttpSender
from doorbell.egress.guard import EgressPolicy
from doorbell.egress.idle import IdleConnections
from doorbell.egress.transport import Transport
from doorbell.egress.wire import BoundSocket
from doorbell_cli.stack.server import free_port
from tests.integration.egress.certificates import Authority
from tests.integration.egress.local import LOCAL, request_to, to_loopback
from tests.integration.egress.peers import Peer, Seen, answering, ok


def test_ten_sends_in_a_row_use_one_connection(sender: HttpSender) -> None:
    with Peer(ok) as peer:
        outcomes = [sender.send(request_to(peer.port)) for _ in range(10)]
    assert all(outcome.is_success for outcome in outcomes)
    assert (peer.connections, len(peer.seen)) == (1, 10)


def test_ten_sends_over_tls_use_one_handshake(
    sender: HttpSender, authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tls = authority.server_context(tmp_path_factory.mktemp("tls"), "subscriber.example")
    with Peer(ok, tls=tls) as peer:
        request = request_to(peer.port, scheme="https", ca_bundle_pem=authority.pem)
        outcomes = [sender.send(request) for _ in range(10)]
    assert all(outcome.is_success for outcome in outcomes)
    assert (peer.connections, len(peer.seen)) == (1, 10)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_request_on_a_kept_connection_is_one_write(
    scheme: str,
    sender: HttpSender,
    authority: Authority,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Head and body, and on TLS one record around both."""
    written, original = list[int](), BoundSocket.sendall

    def counted(sock: BoundSocket, data: bytes) -> None:
        written.append(len(data))
        original(sock, data)

    monkeypatch.setattr(BoundSocket, "sendall", counted)
    tls = authority.server_context(tmp_path, "subscriber.example") if scheme == "https" else None
    with Peer(ok, tls=tls) as peer:
        body = b"x" * 2048
        request = request_to(peer.port, scheme=scheme, ca_bundle_pem=authority.pem, body=body)
        assert sender.send(request).is_success
        written.clear()
        assert sender.send(request).is_success
    assert peer.connections == 1
    assert len(written) == 1
    assert written[0] > len(body)


def test_chunked_answers_leave_the_connection_in_step(sender: HttpSender) -> None:
    answer = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nx: y\r\n\r\n"
    with Peer(answering(answer, keep=True)) as peer:
        outcomes = [sender.send(request_to(peer.port)) for _ in range(3)]
    assert [outcome.response for outcome in outcomes] == ["abcde"] * 3
    assert peer.connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged",
    ],
    ids=["close", "1.0", "101", "a forged answer ahead"],
)
def test_a_connection_that_is_not_at_rest_is_not_reused(sender: HttpSender, answer: bytes) -> None:
    with Peer(answering(answer, keep=True)) as peer:
        outcomes = [sender.send(request_to(peer.port)) for _ in range(2)]
    assert "forged" not in str(outcomes)
    assert outcomes[1].error is None


def test_a_forged_answer_that_tls_has_unpacked_already_is_not_anybodys(
    sender: HttpSender, authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """One TLS record holds up to 16 KiB, and 8 are read at once: the rest is no longer on the wire, and not
    yet read. An answer in it would be taken for the next request's, which may be another subscription's."""
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nx-pad: "
    first = head + b"p" * (8192 - len(head) - 4) + b"\r\n\r\n"
    forged = b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n"
    tls = authority.server_context(tmp_path_factory.mktemp("tls"), "subscriber.example")
    with Peer(answering(first + forged, keep=True), tls=tls) as peer:
        request = request_to(peer.port, scheme="https", ca_bundle_pem=authority.pem)
        outcomes = [sender.send(request) for _ in range(2)]
    assert [outcome.status for outcome in outcomes] == [200, 200]
    assert peer.connections == 2


def test_a_connection_that_its_server_says_it_keeps_no_longer_is_not_reused(sender: HttpSender) -> None:
    answer = b"HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 0\r\n\r\n"
    with Peer(answering(answer, keep=True)) as peer:
        assert all(sender.send(request_to(peer.port)).is_success for _ in range(2))
    assert peer.connections == 2


def test_a_connection_whose_answer_was_cut_is_not_reused_though_it_is_silent(sender: HttpSender) -> None:
    def cut(sock: socket.socket, seen: Seen, peer: Peer) -> bool:
        head = b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n"
        sock.sendall(head + b"x" * (MAX_BODY_BYTES + 1))
        peer.stopping.wait(10)
        return False

    with Peer(cut) as peer:
        outcomes = [sender.send(request_to(peer.port, timeout_seconds=5.0)) for _ in range(2)]
    assert [outcome.status for outcome in outcomes] == [200, 200]
    assert peer.connections == 2


def test_a_connection_the_peer_closed_meanwhile_is_replaced(sender: HttpSender) -> None:
    answer = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", keep=False)
    with Peer(answer) as peer:
        assert sender.send(request_to(peer.port)).is_success
        peer.wait_for_an_end()
        assert sender.send(request_to(peer.port)).is_success
    assert (peer.connections, len(peer.seen)) == (2, 2)


def test_a_request_lost_on_a_kept_connection_is_one_failed_attempt_and_not_sent_again(
    sender: HttpSender,
) -> None:
    def answer_once(sock: socket.socket, seen: Seen, peer: Peer) -> bool:
        return len(peer.seen) == 1 and ok(sock, seen, peer)

    with Peer(answer_once) as peer:
        first, second = sender.send(request_to(peer.port)), sender.send(request_to(peer.port, body=b"once"))
    assert (first.error, second.error, second.status) == (None, "connection_lost", None)
    assert [seen.body for seen in peer.seen] == [b"{}", b"once"]
    assert peer.connections == 1


def test_a_connection_is_not_used_past_a_change_of_address() -> None:
    answers = iter([["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2", "127.0.0.1"]])

    def resolver(host: str, timeout_seconds: float) -> Sequence[str]:
        return next(answers)

    sender = HttpSender(EgressPolicy(True, None, ("127.0.0.0/24",)), resolver)
    port = free_port()
    with Peer(ok, address=("127.0.0.1", port)) as first, Peer(ok, address=("127.0.0.2", port)) as second:
        for _ in range(3):
            assert sender.send(request_to(first.port)).is_success
        sender.close()
    assert (len(first.seen), len(second.seen)) == (1, 2)
    assert second.connections == 1


def test_hosts_at_one_address_do_not_share_a_connection(sender: HttpSender) -> None:
    with Peer(ok) as peer:
        for host in ("a.example", "b.example", "a.example"):
            sender.send(request_to(peer.port, host=host))
    assert [seen.connection for seen in peer.seen] == [1, 2, 1]


def test_a_client_certificate_is_not_lent_to_a_request_without_it(
    sender: HttpSender, authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tls = authority.server_context(tmp_path_factory.mktemp("tls"), "subscriber.example", wants_client=True)
    certificate = authority.issue("doorbell", client=True)
    with Peer(ok, tls=tls) as peer:
        request = request_to(peer.port, scheme="https", ca_bundle_pem=authority.pem)
        outcomes = [
            sender.send(
                request_to(
                    peer.port, scheme="https", ca_bundle_pem=authority.pem, client_cert_pem=certificate
                )
            ),
            sender.send(request),
        ]
    assert outcomes[0].is_success
    assert outcomes[1].error in ("tls_failed", "connection_lost")


def test_idle_connections_are_bounded_and_the_oldest_goes() -> None:
    sender = HttpSender(LOCAL, transport=Transport(LOCAL, to_loopback, idle=IdleConnections(limit=2)))
    with Peer(ok) as peer:
        for host in ("a.example", "b.example", "c.example", "b.example", "c.example", "a.example"):
            sender.send(request_to(peer.port, host=host))
        sender.close()
    assert [seen.connection for seen in peer.seen] == [1, 2, 3, 2, 3, 4]


@pytest.mark.parametrize("which", ["running", "wall"])
def test_an_idle_connection_past_its_age_on_either_clock_is_not_used(which: str) -> None:
    """A sandbox that was frozen may have only one clock that went on."""
    now = [100.0]

    def moving() -> float:
        return now[0]

    def frozen() -> float:
        return 100.0

    idle = IdleConnections(
        max_seconds=20,
        clocks=Clocks(
            running=moving if which == "running" else frozen, wall=moving if which == "wall" else frozen
        ),
    )
    sender = HttpSender(LOCAL, transport=Transport(LOCAL, to_loopback, idle=idle))
    with Peer(ok) as peer:
        sender.send(request_to(peer.port))
        now[0] += 19
        sender.send(request_to(peer.port))
        now[0] += 21
        sender.send(request_to(peer.port))
        sender.close()
    assert [seen.connection for seen in peer.seen] == [1, 1, 2]


def test_ten_threads_at_once_get_their_own_answers_over_at_most_ten_connections(sender: HttpSender) -> None:
    def echo(sock: socket.socket, seen: Seen, peer: Peer) -> bool:
        sock.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(seen.body), seen.body))
        return True

    def send(number: int) -> str:
        return sender.send(request_to(peer.port, body=f"event {number}".encode())).response

    with Peer(echo) as peer, ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(send, range(300)))
    assert answers == [f"event {number}" for number in range(300)]
    assert peer.connections <= 10
