"""The head of an answer decides, however odd it is, and whatever comes of the rest."""

from __future__ import annotations

import socket

import pytest

from doorbell.domain.health import parks_endpoint
from doorbell.egress.client import MAX_BODY_BYTES as CAP
from doorbell.egress.client import HttpSender
from doorbell.egress.conversation import MAX_HEADER_BYTES
from tests.integration.egress.local import request_to
from tests.integration.egress.peers import Peer, Seen, answering


def hanging(raw: bytes) -> Peer:
    """Says `raw` and then nothing, with the connection open."""

    def script(sock: socket.socket, seen: Seen, peer: Peer) -> bool:
        sock.sendall(raw)
        peer.stopping.wait(15)
        return False

    return Peer(script)


def test_hundreds_of_headers_are_no_reason_to_doubt_an_answer(sender: HttpSender) -> None:
    """API gateways and tracing add them; http.client takes a hundred."""
    many = b"".join(b"x-trace-%d: %s\r\n" % (number, b"v" * 40) for number in range(900))
    assert len(many) < MAX_HEADER_BYTES
    answer = b"HTTP/1.1 200 OK\r\n" + many + b"content-length: 2\r\n\r\nok"
    with Peer(answering(answer, keep=True)) as peer:
        outcomes = [sender.send(request_to(peer.port)) for _ in range(2)]
    assert [(outcome.status, outcome.error, outcome.response) for outcome in outcomes] == [
        (200, None, "ok")
    ] * 2
    assert peer.connections == 1


def test_a_header_after_hundreds_of_others_is_read(sender: HttpSender) -> None:
    many = b"".join(b"x-trace-%d: 1\r\n" % number for number in range(500))
    with Peer(
        answering(b"HTTP/1.1 429 No\r\n" + many + b"retry-after: 77\r\ncontent-length: 0\r\n\r\n")
    ) as peer:
        outcome = sender.send(request_to(peer.port))
    assert (outcome.status, outcome.error, outcome.retry_after) == (429, None, "77")


@pytest.mark.parametrize(
    "line",
    [
        b"HTTP/1.1 200", b"HTTP/1.1 200 ", b"HTTP/1.1  200  OK", b"HTTP/1.1 200 \xff\xfe\x80",
        b"HTTP/1.1 200\tOK", b"HTTP/1.1 200 OK OK 500", b"HTTP/1.1 200OK", b"HTTP/1.0 200 OK",
        b"HTTP/1.9 200 OK", b"HTTP/2 200 ", b"HTTP/1.1 200 " + b"r" * 8000, "HTTP/1.1 200 \u00d6k".encode(),
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_whatever_follows_the_code_in_the_status_line_a_200_is_a_200(
    sender: HttpSender, line: bytes, end: bytes
) -> None:
    with Peer(answering(end.join([line, b"content-length: 2", b"", b"ok"]))) as peer:
        outcome = sender.send(request_to(peer.port))
    assert (outcome.status, outcome.error, outcome.response) == (200, None, "ok")


@pytest.mark.parametrize(
    "line", [b"HTTP/1.1 2000 OK", b"HTTP/1.1 20 OK", b"HTTP/1.1 -200 OK", b"HTTP/1.1 OK 200"]
)
def test_a_status_line_without_a_code_is_no_answer(sender: HttpSender, line: bytes) -> None:
    with Peer(answering(line + b"\r\ncontent-length: 0\r\n\r\n")) as peer:
        outcome = sender.send(request_to(peer.port))
    assert (outcome.status, outcome.error) == (None, "protocol_error")


def test_lines_that_are_no_headers_hide_none_that_are(sender: HttpSender) -> None:
    head = b"HTTP/1.1 503 No\r\nno header\r\n: empty\r\nx-a : 1\r\nx-b: one\r\n\ttwo\r\n"
    with Peer(answering(head + b"retry-after: 9\r\ncontent-length: 2\r\n\r\nno", keep=True)) as peer:
        outcomes = [sender.send(request_to(peer.port)) for _ in range(2)]
    assert [(o.status, o.error, o.retry_after, o.response) for o in outcomes] == [(503, None, "9", "no")] * 2
    assert peer.connections == 1


ANSWERED_SECONDS = 1.5
"""Within which a head must have come, on a machine that is busy."""
HEAD = b"HTTP/1.1 201 Created\r\n"
BROKEN = {
    "body that stops": (HEAD + b"content-length: 10\r\n\r\nab", "timeout"),
    "body without an end": (HEAD + b"\r\nab", "timeout"),
    "length that is no number": (HEAD + b"content-length: ten\r\n\r\nab", "timeout"),
    "lengths that differ": (HEAD + b"content-length: 2\r\ncontent-length: 3\r\n\r\nab", "timeout"),
    "chunk that stops": (HEAD + b"transfer-encoding: chunked\r\n\r\n9\r\nab", "timeout"),
    "size that is none": (HEAD + b"transfer-encoding: chunked\r\n\r\n2\r\nab\r\nzz\r\n", "connection_lost"),
    "no last chunk": (HEAD + b"transfer-encoding: gzip, chunked\r\n\r\n2\r\nab\r\n", "timeout"),
    "trailers that stop": (HEAD + b"transfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nx: y\r\n", "timeout"),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_a_2xx_is_a_success_whatever_comes_of_its_body_and_that_is_on_record(
    sender: HttpSender, what: str
) -> None:
    raw, error = BROKEN[what]
    with hanging(raw) as peer:
        outcome = sender.send(request_to(peer.port, timeout_seconds=ANSWERED_SECONDS))
        again = sender.send(request_to(peer.port, timeout_seconds=ANSWERED_SECONDS))
    assert (outcome.is_success, outcome.status, outcome.error) == (True, 201, error)
    assert outcome.response in ("", "ab")
    assert outcome.detail
    assert again.is_success
    assert peer.connections == 2, "a connection that is out of step serves nobody else"


def test_what_came_of_a_broken_body_is_kept_and_so_is_what_its_head_asks_for(sender: HttpSender) -> None:
    with hanging(b"HTTP/1.1 503 No\r\nretry-after: 120\r\ncontent-length: 99\r\n\r\nmaintenance") as peer:
        outcome = sender.send(request_to(peer.port, timeout_seconds=ANSWERED_SECONDS))
    assert (outcome.status, outcome.error, outcome.retry_after) == (503, "timeout", "120")
    assert outcome.response == "maintenance"
    assert parks_endpoint(outcome)


def test_a_503_whose_body_breaks_off_parks_its_endpoint_as_a_whole_one_does(sender: HttpSender) -> None:
    with Peer(answering(b"HTTP/1.1 503 No\r\ncontent-length: 99\r\n\r\n")) as peer:
        outcome = sender.send(request_to(peer.port))
    assert (outcome.status, outcome.error) == (503, "connection_lost")
    assert parks_endpoint(outcome)


def test_one_length_said_twice_is_that_length(sender: HttpSender) -> None:
    answer = HEAD + b"content-length: 2\r\ncontent-length: 2\r\n\r\nok"
    with Peer(answering(answer, keep=True)) as peer:
        outcomes = [sender.send(request_to(peer.port)) for _ in range(2)]
    assert [(outcome.error, outcome.response) for outcome in outcomes] == [(None, "ok")] * 2
    assert peer.connections == 1


def test_an_answer_that_is_framed_in_two_ways_is_the_last_of_its_connection(sender: HttpSender) -> None:
    """RFC 9112, 6.1: one of the two that read it may see another answer in it."""
    answer = HEAD + b"transfer-encoding: chunked\r\ncontent-length: 9\r\n\r\n2\r\nok\r\n0\r\n\r\n"
    with Peer(answering(answer, keep=True)) as peer:
        outcomes = [sender.send(request_to(peer.port)) for _ in range(2)]
    assert [(outcome.error, outcome.response) for outcome in outcomes] == [(None, "ok")] * 2
    assert peer.connections == 2


def in_pieces(*sizes: int) -> bytes:
    """A body in chunks of so many bytes, each of which is read by itself."""
    chunks = (b"%x\r\n" % size + b"x" * size + b"\r\n" for size in sizes)
    return HEAD + b"transfer-encoding: chunked\r\n\r\n" + b"".join(chunks) + b"0\r\n\r\n"


@pytest.mark.parametrize(("sizes", "connections"), [((CAP,), 1), ((CAP - 1, 1), 1), ((CAP, 1), 2)])
def test_a_body_that_is_as_long_as_is_taken_is_read_to_its_end_and_one_byte_more_is_not(
    sender: HttpSender, sizes: tuple[int, ...], connections: int
) -> None:
    with Peer(answering(in_pieces(*sizes), keep=True)) as peer:
        outcomes = [sender.send(request_to(peer.port)) for _ in range(2)]
    assert [(outcome.error, outcome.is_success) for outcome in outcomes] == [(None, True)] * 2
    assert peer.connections == connections


@pytest.mark.parametrize(
    ("line", "header", "connections"),
    [
        (b"HTTP/1.1", b"connection: keep-alive, close", 2),
        (b"HTTP/1.1", b"x: y", 1),
        (b"HTTP/1.0", b"x: y", 2),
        (b"HTTP/1.0", b"connection: Keep-Alive", 1),
    ],
)
def test_a_connection_is_kept_where_its_server_keeps_it(
    sender: HttpSender, line: bytes, header: bytes, connections: int
) -> None:
    answer = line + b" 200 OK\r\n" + header + b"\r\ncontent-length: 0\r\n\r\n"
    with Peer(answering(answer, keep=True)) as peer:
        assert all(sender.send(request_to(peer.port)).is_success for _ in range(2))
    assert peer.connections == connections
