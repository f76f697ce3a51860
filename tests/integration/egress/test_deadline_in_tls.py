"""The deadline holds while TLS is at work, on every way out.

A peer can send records without an end that bring no data. What does that to OpenSSL does it to others' too,
so a stand-in takes its place: it swallows all it is given, and asks for more. The peer may send anything.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from doorbell.domain.health import parks_endpoint
from doorbell.domain.outbound import OutboundRequest, Outcome
from doorbell.egress.client import HttpSender
from doorbell.egress.errors import EgressError
from doorbell.egress.fetch import Fetcher
from doorbell.egress.oauth import TokenSource
from doorbell.egress.transport import Transport
from tests.integration.egress.certificates import Authority
from tests.integration.egress.local import LOCAL, request_to, to_loopback
from tests.integration.egress.peers import Peer, Seen, ok
from tests.support.patience import HANG_SECONDS

DEADLINE = 0.5
PATIENCE = 8.0
"""Seconds within which a caller with that deadline must be back; the peers go on for 15."""


class Insatiable:
    """In place of an `ssl.SSLObject`: the calls named come to no end, the others do nothing."""

    def __init__(self, came: ssl.MemoryBIO, leaving: ssl.MemoryBIO, *calls: str) -> None:
        self._came, self._leaving, self._calls = came, leaving, calls

    def do_handshake(self) -> None:
        self._call("do_handshake")

    def read(self, size: int, buffer: object) -> int:
        self._call("read")
        return 0

    def write(self, data: memoryview) -> int:
        self._call("write")
        return len(data)

    def pending(self) -> int:
        return 0

    def _call(self, name: str) -> None:
        if name in self._calls:
            self._came.read()
            if name == "do_handshake":
                self._leaving.write(b"an answer to each")
            raise ssl.SSLWantReadError


def insatiable(monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def wrap_bio(
        context: ssl.SSLContext, came: ssl.MemoryBIO, leaving: ssl.MemoryBIO, **named: object
    ) -> Insatiable:
        return Insatiable(came, leaving, call)

    monkeypatch.setattr(ssl.SSLContext, "wrap_bio", wrap_bio)


def dripping(sock: socket.socket, peer: Peer) -> None:
    for _ in range(300):
        if peer.stopping.wait(0.05):
            break
        sock.sendall(b"x" * 100)


def flooding(sock: socket.socket, peer: Peer) -> None:
    for _ in range(3000):
        if peer.stopping.is_set():
            break
        sock.sendall(b"x" * 65536)


def timed[T](call: Callable[[], T]) -> tuple[T, float]:
    started = time.monotonic()
    return call(), time.monotonic() - started


@pytest.mark.parametrize("peers", [dripping, flooding])
@pytest.mark.parametrize("call", ["do_handshake", "write", "read"])
def test_a_call_of_tls_that_never_comes_to_an_end_ends_at_the_deadline(
    sender: HttpSender,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    peers: Callable[[socket.socket, Peer], None],
) -> None:
    insatiable(monkeypatch, call)
    with Peer(greet=peers) as peer:
        outcome, took = timed(
            lambda: sender.send(request_to(peer.port, scheme="https", timeout_seconds=DEADLINE))
        )
    assert (outcome.status, outcome.error) == (None, "timeout")
    assert took < PATIENCE
    assert parks_endpoint(outcome)


@pytest.mark.parametrize("call", ["do_handshake", "read"])
def test_a_peer_that_floods_tls_is_left_long_before_the_deadline(
    sender: HttpSender, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """The budget counts what comes, not what it is good for."""
    insatiable(monkeypatch, call)
    with Peer(greet=flooding) as peer:
        outcome, took = timed(lambda: sender.send(request_to(peer.port, scheme="https", timeout_seconds=60)))
    assert outcome.error == "timeout"
    assert "no end" in outcome.detail
    assert took < PATIENCE


def deliver(transport: Transport, url: str) -> Outcome:
    return HttpSender(LOCAL, transport=transport).send(OutboundRequest(url, (), b"{}", DEADLINE))


def fetch(transport: Transport, url: str) -> bytes:
    """A key set, a certificate."""
    fetcher = Fetcher(LOCAL, transport=transport)
    return fetcher.get(url, allowed_hosts=["subscriber.example"], max_bytes=1000, timeout_seconds=DEADLINE)


def ask_for_a_token(transport: Transport, url: str) -> str:
    source = TokenSource(Fetcher(LOCAL, transport=transport), timeout_seconds=DEADLINE)
    return source.token(url, "client", "s3cr3t")


@pytest.mark.parametrize("way", [deliver, fetch, ask_for_a_token])
@pytest.mark.parametrize("call", ["do_handshake", "read"])
def test_every_way_out_ends_at_its_deadline(
    monkeypatch: pytest.MonkeyPatch, way: Callable[[Transport, str], object], call: str
) -> None:
    def told() -> str:
        try:
            return str(way(Transport(LOCAL, to_loopback), f"https://subscriber.example:{peer.port}/"))
        except EgressError as error:
            return str(error)

    insatiable(monkeypatch, call)
    with Peer(greet=dripping) as peer:
        said, took = timed(told)
    assert "timeout" in said
    assert took < PATIENCE


def test_openssl_is_never_given_the_socket(
    sender: HttpSender, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it did with one, no check of ours would run until it is done."""
    tls = authority.server_context(tmp_path, "subscriber.example")
    wrap_socket = ssl.SSLContext.wrap_socket

    def of_the_server_only(context: ssl.SSLContext, sock: socket.socket, **named: Any) -> ssl.SSLSocket:
        assert named.get("server_side"), "a socket was given to OpenSSL"
        return wrap_socket(context, sock, **named)

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", of_the_server_only)
    with Peer(ok, tls=tls) as peer:
        assert sender.send(request_to(peer.port, scheme="https", ca_bundle_pem=authority.pem)).is_success


def test_a_body_of_many_records_arrives_and_a_large_answer_is_read_to_its_cap(
    sender: HttpSender, authority: Authority, tmp_path: Path
) -> None:
    """More than one piece of memory, both ways."""
    body = bytes(range(256)) * 4096

    def echo(sock: socket.socket, seen: Seen, peer: Peer) -> bool:
        sock.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n" + b"y" * 60000)
        return True

    with Peer(echo, tls=authority.server_context(tmp_path, "subscriber.example")) as peer:
        request = request_to(peer.port, scheme="https", ca_bundle_pem=authority.pem, body=body)
        outcomes = [sender.send(request) for _ in range(3)]
    assert [(outcome.status, outcome.error) for outcome in outcomes] == [(200, None)] * 3
    assert [seen.body == body for seen in peer.seen] == [True] * 3
    assert peer.connections == 1


def test_an_answer_in_records_of_one_byte_each_is_no_flood(
    sender: HttpSender, authority: Authority, tmp_path: Path
) -> None:
    """The worst that a slow server does in earnest: 22 bytes of TLS and more for each of its own."""

    def in_single_bytes(sock: socket.socket, seen: Seen, peer: Peer) -> bool:
        for byte in b"HTTP/1.1 200 OK\r\ncontent-length: 30000\r\n\r\n" + b"z" * 30000:
            sock.sendall(bytes([byte]))
        return True

    with Peer(in_single_bytes, tls=authority.server_context(tmp_path, "subscriber.example")) as peer:
        outcome = sender.send(
            request_to(peer.port, scheme="https", ca_bundle_pem=authority.pem, timeout_seconds=HANG_SECONDS)
        )
    assert (outcome.status, outcome.error) == (200, None)


def test_a_peer_whose_certificate_is_refused_hears_that(
    sender: HttpSender, authority: Authority, tmp_path: Path
) -> None:
    """Whoever runs the subscriber finds the cause in its log."""
    heard: list[str] = []
    tls = authority.server_context(tmp_path, "subscriber.example")

    def greet(sock: socket.socket, peer: Peer) -> None:
        try:
            tls.wrap_socket(sock, server_side=True)
        except ssl.SSLError as error:
            heard.append(error.reason or "")

    with Peer(greet=greet) as peer:
        outcome = sender.send(request_to(peer.port, scheme="https", ca_bundle_pem=Authority().pem))
    assert outcome.error == "tls_failed"
    assert [reason for reason in heard if "ALERT" in reason]
