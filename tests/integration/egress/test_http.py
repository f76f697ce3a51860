"""Plain exchanges: what is sent, what is taken for an answer, and what is never done."""

from __future__ import annotations

import gzip
import socket
from contextlib import closing

import pytest

from doorbell.egress import recent_names
from doorbell.egress.client import HttpSender
from tests.integration.egress.local import LOCAL, request_to
from tests.integration.egress.peers import Peer, Seen, answering, ok
from tests.support.subscribers import dead_port


def test_the_body_arrives_byte_for_byte_with_its_headers_and_the_right_host(sender: HttpSender) -> None:
    body = bytes(range(256)) * 1000
    headers = (("webhook-id", "msg_1"), ("x-twice", "1"), ("x-twice", "2"), ("user-agent", "Doorbell/1"))
    with Peer(ok) as peer:
        outcome = sender.send(request_to(peer.port, body=body, headers=headers, target="/a/../b?c=%20d&e"))
        seen = peer.seen[0]
    assert (outcome.status, outcome.error, outcome.response, outcome.is_success) == (200, None, "ok", True)
    assert seen.line == "POST /a/../b?c=%20d&e HTTP/1.1"
    assert seen.body == body
    assert seen.header("host") == [f"subscriber.example:{peer.port}"]
    assert seen.header("x-twice") == ["1", "2"]
    assert seen.header("user-agent") == ["Doorbell/1"]
    assert seen.header("accept-encoding") == ["identity"]
    assert seen.header("content-length") == [str(len(body))]
    assert seen.header("cookie") == seen.header("transfer-encoding") == []


def test_an_empty_post_says_that_its_length_is_zero(sender: HttpSender) -> None:
    with Peer(ok) as peer:
        assert sender.send(request_to(peer.port, body=b"")).is_success
    assert peer.seen[0].header("content-length") == ["0"]


def test_no_value_of_a_header_is_an_order_to_leave_it_out(sender: HttpSender) -> None:
    """urllib3's own mark for that: a provider's header could hold it."""
    mark = "@@@SKIP_HEADER@@@"
    with Peer(ok) as peer:
        assert sender.send(request_to(peer.port, headers=(("x-from", mark), ("user-agent", mark)))).is_success
    assert peer.seen[0].header("x-from") == peer.seen[0].header("user-agent") == [mark]


@pytest.mark.parametrize("status", [200, 204, 299, 301, 304, 400, 404, 410, 429, 500, 503])
def test_every_status_is_a_complete_answer(sender: HttpSender, status: int) -> None:
    with Peer(
        answering(f"HTTP/1.1 {status} X\r\nretry-after: 120\r\nconnection: close\r\n\r\n".encode())
    ) as peer:
        outcome = sender.send(request_to(peer.port))
    assert (outcome.status, outcome.error, outcome.retry_after) == (status, None, "120")
    assert outcome.is_success is (200 <= status <= 299)


@pytest.mark.parametrize("status", [204, 304])
@pytest.mark.parametrize("header", ["transfer-encoding: chunked", "content-length: 5"])
def test_an_answer_without_a_body_by_its_status_is_complete_whatever_its_headers_say(
    sender: HttpSender, status: int, header: str
) -> None:
    """Servers that send such headers exist; waiting for a body would make a time-out of a success."""
    with Peer(answering(f"HTTP/1.1 {status} X\r\n{header}\r\n\r\n".encode(), keep=True)) as peer:
        outcomes = [sender.send(request_to(peer.port, timeout_seconds=2.0)) for _ in range(2)]
    assert [(outcome.status, outcome.error) for outcome in outcomes] == [(status, None)] * 2
    assert peer.connections == 1, "and the connection is in step"


def test_two_requests_to_a_host_look_it_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent_names, "KEPT_SECONDS", 60.0)
    asked: list[object] = []

    def getaddrinfo(host: object, *arguments: object, **named: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with Peer(ok) as peer, closing(HttpSender(LOCAL)) as sender:
        outcomes = [sender.send(request_to(peer.port)) for _ in range(2)]
    assert [outcome.is_success for outcome in outcomes] == [True, True]
    assert asked == [b"subscriber.example"]


def test_a_redirect_to_the_inside_is_returned_and_not_followed(sender: HttpSender) -> None:
    with Peer(ok) as inside:
        location = f"http://127.0.0.1:{inside.port}/latest/meta-data/"
        with Peer(
            answering(f"HTTP/1.1 307 X\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n".encode())
        ) as peer:
            outcome = sender.send(request_to(peer.port))
        assert (outcome.status, outcome.error) == (307, None)
        assert (peer.connections, inside.connections) == (1, 0)


def test_proxies_from_the_environment_are_ignored(
    sender: HttpSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Peer(ok) as proxy, Peer(ok) as peer:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
            monkeypatch.setenv(name.lower(), f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert sender.send(request_to(peer.port)).is_success
        assert (proxy.connections, peer.connections) == (0, 1)


def test_cookies_that_were_set_do_not_come_back(sender: HttpSender) -> None:
    answer = b"HTTP/1.1 200 OK\r\nset-cookie: a=b\r\ncontent-length: 0\r\n\r\n"
    with Peer(answering(answer, keep=True)) as peer:
        sender.send(request_to(peer.port))
        sender.send(request_to(peer.port))
    assert [seen.header("cookie") for seen in peer.seen] == [[], []]


def test_a_compressed_body_is_neither_unpacked_nor_kept(sender: HttpSender) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {len(bomb)}\r\n\r\n".encode()
    with Peer(answering(head + bomb)) as peer:
        outcome = sender.send(request_to(peer.port))
    assert (outcome.status, outcome.error, outcome.response) == (200, None, "")


def test_a_body_said_to_be_encoded_is_not_kept_even_if_it_looks_like_text(sender: HttpSender) -> None:
    answer = b"HTTP/1.1 200 OK\r\ncontent-encoding: br\r\ncontent-length: 5\r\n\r\nhello"
    with Peer(answering(answer)) as peer:
        assert sender.send(request_to(peer.port)).response == ""


def test_informational_answers_are_skipped(sender: HttpSender) -> None:
    early = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"
    with Peer(answering(early + b"HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\nin", keep=True)) as peer:
        outcomes = [sender.send(request_to(peer.port)) for _ in range(2)]
    assert [(outcome.status, outcome.response) for outcome in outcomes] == [(202, "in")] * 2
    assert peer.connections == 1


def test_an_answer_given_before_the_body_was_read_is_taken(sender: HttpSender) -> None:
    def too_large(sock: socket.socket, peer: Peer) -> None:
        sock.recv(1024)
        sock.sendall(b"HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(65536):
            pass

    with Peer(greet=too_large) as peer:
        outcome = sender.send(request_to(peer.port, body=bytes(4_000_000)))
    assert (outcome.status, outcome.error) == (413, None)


def test_an_answer_is_taken_even_from_a_peer_that_breaks_off_after_it(sender: HttpSender) -> None:
    def too_large(sock: socket.socket, peer: Peer) -> None:
        sock.recv(1024)
        sock.sendall(b"HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n")

    with Peer(greet=too_large) as peer:  # it closes with most of the body unread, which resets the connection
        outcome = sender.send(request_to(peer.port, body=bytes(30_000_000)))
    assert (outcome.status, outcome.error) == (413, None)


@pytest.mark.parametrize(
    ("raw", "code", "status"),
    [
        (b"", "connection_lost", None),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort", "connection_lost", 200),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab", "connection_lost", 200),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nab", "connection_lost", 200),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "protocol_error", None),
        (b"HTTP/1.1 two hundred\r\n\r\n", "protocol_error", None),
        (b"+PONG\r\n-ERR unknown command\r\n", "protocol_error", None),
    ],
)
def test_half_an_answer_or_none_is_an_error_with_what_was_learnt(
    sender: HttpSender, raw: bytes, code: str, status: int | None
) -> None:
    with Peer(answering(raw)) as peer:
        outcome = sender.send(request_to(peer.port))
    assert (outcome.error, outcome.status, outcome.is_success) == (code, status, status is not None)
    assert outcome.detail


def test_a_closed_port_is_connect_failed(sender: HttpSender) -> None:
    with dead_port() as port:
        outcome = sender.send(request_to(port))
    assert (outcome.error, outcome.status) == ("connect_failed", None)
    assert str(port) in outcome.detail


def test_a_bad_header_method_or_url_is_refused_before_anything_is_sent(sender: HttpSender) -> None:
    with Peer(ok) as peer:
        refused = [
            sender.send(request_to(peer.port, headers=(("x-a", "1\r\nx-b: 2"),))),
            sender.send(request_to(peer.port, method="GET / HTTP/1.1\r\nx: y")),
            sender.send(request_to(peer.port, host="127.0.0.2")),
            sender.send(request_to(peer.port, host="user@subscriber.example")),
        ]
        assert [o.error for o in refused] == [
            "header_refused",
            "method_refused",
            "address_refused",
            "url_refused",
        ]
        assert peer.connections == 0


def test_neither_the_path_nor_a_credential_shows_in_what_is_kept(
    sender: HttpSender, caplog: pytest.LogCaptureFixture
) -> None:
    def echo(sock: socket.socket, seen: Seen, peer: Peer) -> bool:
        echoed = seen.header("authorization")[0].encode()
        sock.sendall(b"HTTP/1.1 403 No\r\nbroken header\r\nconnection: close\r\n\r\nbad: " + echoed)
        return False

    caplog.set_level("DEBUG")
    headers = (("authorization", "Bearer s3cr3t-token"),)
    with Peer(echo) as peer:
        outcome = sender.send(request_to(peer.port, headers=headers, target="/s3cr3t-path"))
    with Peer(answering(b"nonsense\r\n\r\n")) as peer:
        broken = sender.send(request_to(peer.port, headers=headers, target="/s3cr3t-path"))
    assert outcome.response.startswith("bad")
    assert "s3cr3t" not in f"{outcome} {broken} {caplog.text}"
