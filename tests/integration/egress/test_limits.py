"""Peers that are slow, endless or silent: one deadline and one byte budget end every exchange.

Where a peer drips, each drip comes well within the deadline, so a time-out for each read would never end
it; the bounds are wide because only the order of magnitude tells the two apart.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Sequence

import pytest

from doorbell.domain.health import parks_endpoint
from doorbell.egress.client import TAKEN_SECONDS, HttpSender
from doorbell.egress.resolver import SystemResolver
from tests.integration.egress.certificates import Authority
from tests.integration.egress.local import LOCAL, request_to
from tests.integration.egress.peers import Peer, Seen

DEADLINE, ANSWERED_DEADLINE = 0.5, 2.0
"""The second where a status must have come by then, on a machine that is busy."""
PATIENCE = 8.0
"""Seconds within which a sender with that deadline must be back; the peers go on for 15."""

Script = Callable[[socket.socket, Seen, Peer], bool]


def dripping(head: bytes, drop: bytes) -> Script:
    def script(sock: socket.socket, seen: Seen, peer: Peer) -> bool:
        sock.sendall(head)
        for _ in range(300):
            if peer.stopping.wait(0.05):
                break
            sock.sendall(drop)
        return False

    return script


def flooding(head: bytes, block: bytes) -> Script:
    """As much as the other side takes, up to 200 MB; `sent` counts."""

    def script(sock: socket.socket, seen: Seen, peer: Peer) -> bool:
        sock.sendall(head)
        for _ in range(200_000_000 // len(block)):
            if peer.stopping.is_set():
                break
            sock.sendall(block)
        return False

    return script


def silent(sock: socket.socket, seen: Seen, peer: Peer) -> bool:
    peer.stopping.wait(15)
    return False


DRIPS = {
    "body": (dripping(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", b"x"), 200),
    "chunked body": (dripping(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n"), 200),
    "body without length": (dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"x"), 200),
    "trailers": (dripping(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n", b"a: b\r\n"), 200),
    "header": (dripping(b"HTTP/1.1 200 OK\r\nx-a: ", b"x"), None),
    "headers": (dripping(b"HTTP/1.1 200 OK\r\n", b"a: b\r\n"), None),
    "status line": (dripping(b"HTTP/1.1 2", b"0"), None),
    "informational answers": (dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), None),
    "nothing": (silent, None),
    "nothing after headers": (dripping(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", b""), 200),
}


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("what", DRIPS)
def test_a_dripping_or_silent_peer_is_left_at_the_deadline(
    what: str, scheme: str, sender: HttpSender, authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> None:
    script, status = DRIPS[what]
    tls = None
    if scheme == "https":
        tls = authority.server_context(tmp_path_factory.mktemp("tls"), "subscriber.example")
    deadline = DEADLINE if status is None else ANSWERED_DEADLINE
    with Peer(script, tls=tls) as peer:
        request = request_to(peer.port, scheme=scheme, timeout_seconds=deadline, ca_bundle_pem=authority.pem)
        started = time.monotonic()
        outcome = sender.send(request)
        elapsed = time.monotonic() - started
    assert (outcome.error, outcome.status) == ("timeout", status)
    assert deadline * 0.8 < elapsed < PATIENCE
    assert deadline * 800 < outcome.duration_ms < PATIENCE * 1000


class Ticking:
    """A twentieth of a second later each time that somebody looks."""

    def __init__(self) -> None:
        self.looks = 0

    def __call__(self) -> float:
        self.looks += 1
        return self.looks * 0.05


@pytest.mark.parametrize("head", [b"content-length: 100000\r\n\r\n", b"\r\n"], ids=["length", "no length"])
def test_the_body_of_a_2xx_is_waited_for_two_seconds_whatever_the_time_out(head: bytes) -> None:
    sender = HttpSender(LOCAL, SystemResolver(lambda _: ["127.0.0.1"]), clock=Ticking())
    with Peer(dripping(b"HTTP/1.1 202 Accepted\r\n" + head, b"x")) as peer:
        outcome = sender.send(request_to(peer.port, timeout_seconds=30))
    assert (outcome.status, outcome.error, outcome.is_success) == (202, "timeout", True)
    assert outcome.response.strip("x") == ""
    assert TAKEN_SECONDS * 1000 <= outcome.duration_ms < 2 * TAKEN_SECONDS * 1000


def test_the_body_of_a_failure_is_waited_for_to_the_deadline_and_parks_its_endpoint() -> None:
    sender = HttpSender(LOCAL, SystemResolver(lambda _: ["127.0.0.1"]), clock=Ticking())
    with Peer(dripping(b"HTTP/1.1 400 Bad Request\r\n\r\n", b"x")) as peer:
        outcome = sender.send(request_to(peer.port, timeout_seconds=6))
    assert (outcome.status, outcome.error, parks_endpoint(outcome)) == (400, "timeout", True)
    assert outcome.duration_ms >= 6000


def test_a_peer_that_does_not_read_is_left_at_the_deadline(sender: HttpSender) -> None:
    def deaf(sock: socket.socket, peer: Peer) -> None:
        peer.stopping.wait(15)

    with Peer(greet=deaf) as peer:
        started = time.monotonic()
        outcome = sender.send(request_to(peer.port, body=bytes(30_000_000), timeout_seconds=DEADLINE))
        assert time.monotonic() - started < PATIENCE
    assert outcome.error == "timeout"


def test_a_tls_handshake_that_drips_is_left_at_the_deadline(sender: HttpSender) -> None:
    def drip(sock: socket.socket, peer: Peer) -> None:
        sock.sendall(b"\x16\x03\x03\x40\x00")  # a handshake record of 16 KiB, to come byte by byte
        for _ in range(300):
            if peer.stopping.wait(0.05):
                break
            sock.sendall(b"\x02")

    with Peer(greet=drip) as peer:
        started = time.monotonic()
        outcome = sender.send(request_to(peer.port, scheme="https", timeout_seconds=DEADLINE))
        assert time.monotonic() - started < PATIENCE
    assert outcome.error == "timeout"


def test_a_look_up_that_hangs_counts_against_the_deadline() -> None:
    gate = threading.Event()

    def hang(host: str) -> Sequence[str]:
        gate.wait(15)
        return ["127.0.0.1"]

    sender = HttpSender(LOCAL, SystemResolver(hang))
    started = time.monotonic()
    outcome = sender.send(request_to(9, timeout_seconds=DEADLINE))
    elapsed = time.monotonic() - started
    gate.set()
    assert outcome.error == "timeout"
    assert elapsed < PATIENCE


@pytest.mark.parametrize(
    ("head", "block"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 100000000000\r\n\r\n", b"x" * 65536),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"10000\r\n" + b"x" * 65536 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 10000),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n", b"a: b\r\n" * 10000),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n", b"x" * 65536),
    ],
    ids=["to the end", "declared", "large chunks", "tiny chunks", "trailers", "negative chunk"],
)
def test_an_endless_body_is_cut_and_the_answer_counts(sender: HttpSender, head: bytes, block: bytes) -> None:
    with Peer(flooding(head, block)) as peer:
        outcome = sender.send(request_to(peer.port))
        again = sender.send(request_to(peer.port))
    assert (outcome.status, outcome.error, again.status) == (200, None, 200)
    assert len(outcome.response.encode()) <= 1024
    assert peer.connections == 2  # the first was given up with its unread rest


@pytest.mark.parametrize(
    ("head", "block"),
    [
        (b"HTTP/1.1 200 OK\r\nx-a: ", b"x" * 65536),
        (b"HTTP/1.1 200 OK\r\n", b"x-a: b\r\n" * 8192),
        (b"HTTP/1.1 ", b"2" * 65536),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 2500),
        (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 2500),
    ],
    ids=["one header", "many headers", "status line", "100", "103"],
)
def test_endless_headers_are_refused(sender: HttpSender, head: bytes, block: bytes) -> None:
    with Peer(flooding(head, block)) as peer:
        outcome = sender.send(request_to(peer.port))
    assert (outcome.status, outcome.error) == (None, "headers_too_large")


def test_one_peer_that_hangs_does_not_delay_nine_others_at_once(sender: HttpSender) -> None:
    """The healthy ones have all ended while the other hangs: it does until they have."""
    ended, all_have = list[str](), threading.Event()

    def call(name: str, port: int) -> None:
        sender.send(request_to(port, host=name, timeout_seconds=30.0))
        ended.append(name)

    def hangs(sock: socket.socket, seen: Seen, peer: Peer) -> bool:
        all_have.wait(15)
        return False

    def healthy(sock: socket.socket, seen: Seen, peer: Peer) -> bool:
        sock.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        return True

    with Peer(hangs) as bad, Peer(healthy) as good:
        calls = [("bad.example", bad.port)] + [(f"good{n}.example", good.port) for n in range(9)]
        threads = [threading.Thread(target=call, args=each) for each in calls]
        for thread in threads:
            thread.start()
        for thread in threads[1:]:
            thread.join()
        by_then = sorted(ended)
        all_have.set()
        threads[0].join()
    assert by_then == [f"good{n}.example" for n in range(9)]
    assert ended[-1] == "bad.example"
