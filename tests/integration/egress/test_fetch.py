"""Downloads and token requests over real sockets, through the same guard."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from doorbell import __version__
from doorbell.egress.errors import FetchError, GuardError
from doorbell.egress.fetch import AllowedHosts, Fetcher
from doorbell.egress.guard import EgressPolicy
from doorbell.egress.oauth import TokenSource
from doorbell.egress.transport import Transport
from tests.integration.egress.local import LOCAL, to_loopback
from tests.integration.egress.peers import Peer, Seen, answering, ok


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    transport = Transport(LOCAL, to_loopback)
    yield Fetcher(LOCAL, transport=transport)
    transport.close()


def get(
    fetcher: Fetcher, port: int, allowed: AllowedHosts = ("keys.example",), max_bytes: int = 1000
) -> bytes:
    url = f"http://keys.example:{port}/jwks.json"
    return fetcher.get(url, allowed_hosts=allowed, max_bytes=max_bytes, timeout_seconds=5)


@pytest.mark.parametrize(
    "allowed", [["keys.example"], lambda host: host.endswith(".example")], ids=["list", "rule"]
)
def test_the_body_of_a_200_from_an_allowed_host_is_returned(fetcher: Fetcher, allowed: AllowedHosts) -> None:
    with Peer(ok) as peer:
        assert get(fetcher, peer.port, allowed) == b"ok"
    assert peer.seen[0].line == "GET /jwks.json HTTP/1.1"
    assert peer.seen[0].header("content-length") == []
    assert peer.seen[0].header("user-agent") == [f"Doorbell/{__version__}"]


@pytest.mark.parametrize("allowed", [[], ["evil.example"], ["example"], lambda host: False])
def test_a_host_that_is_not_allowed_is_not_called(fetcher: Fetcher, allowed: AllowedHosts) -> None:
    with Peer(ok) as peer:
        with pytest.raises(GuardError) as refusal:
            get(fetcher, peer.port, allowed)
        assert (refusal.value.code, peer.connections) == ("host_refused", 0)


def test_an_allowed_host_that_resolves_inside_is_refused() -> None:
    policy = EgressPolicy(allow_http=True, allowed_ports=None)
    with Peer(ok) as peer:
        with pytest.raises(GuardError) as refusal:
            get(Fetcher(policy, to_loopback), peer.port)
        assert (refusal.value.code, peer.connections) == ("address_refused", 0)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"HTTP/1.1 302 X\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n", "fetch_status"),
        (b"HTTP/1.1 404 X\r\ncontent-length: 0\r\n\r\n", "fetch_status"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n" + b"x" * 1001, "fetch_too_large"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 2_000_000, "fetch_too_large"),
        (b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\nzz", "fetch_encoded"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nzz", "connection_lost"),
        (b"", "connection_lost"),
    ],
)
def test_anything_else_is_a_fetch_error(fetcher: Fetcher, raw: bytes, code: str) -> None:
    with Peer(answering(raw)) as peer, pytest.raises(FetchError) as failure:
        get(fetcher, peer.port)
    assert failure.value.code == code


def test_a_body_of_exactly_the_limit_is_whole(fetcher: Fetcher) -> None:
    with Peer(answering(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n" + b"x" * 1000)) as peer:
        assert get(fetcher, peer.port) == b"x" * 1000


def test_a_token_is_fetched_by_form_and_kept(fetcher: Fetcher) -> None:
    def endpoint(sock: socket.socket, seen: Seen, peer: Peer) -> bool:
        body = json.dumps(
            {"access_token": f"t{len(peer.seen)}", "token_type": "bearer", "expires_in": 600}
        ).encode()
        sock.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))
        return True

    with Peer(endpoint) as peer:
        source = TokenSource(fetcher)
        tokens = {
            source.token(f"http://auth.example:{peer.port}/token", "id", "secret", "a b") for _ in range(3)
        }
    assert tokens == {"t1"}
    assert peer.seen[0].body == b"grant_type=client_credentials&scope=a+b"
    assert peer.seen[0].header("content-type") == ["application/x-www-form-urlencoded"]
    assert peer.seen[0].header("authorization") == ["Basic aWQ6c2VjcmV0"]
    assert peer.seen[0].header("user-agent") == [f"Doorbell/{__version__}"]


def test_a_token_endpoint_inside_is_refused_as_oauth_failed() -> None:
    source = TokenSource(Fetcher(EgressPolicy(), to_loopback))
    with pytest.raises(FetchError) as failure:
        source.token("https://auth.example/token", "id", "s3cr3t", None)
    assert failure.value.code == "oauth_failed"
    assert "address_refused" in failure.value.detail
    assert "s3cr3t" not in str(failure.value)
