"""A batch of a hundred deliveries, most of them to hostile subscribers: nobody else pays for it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from doorbell.domain.outbound import Outcome
from doorbell.egress.client import HttpSender
from doorbell.runtime import wiring
from doorbell.runtime.batches import AT_ONCE, each_record
from tests.integration.egress.certificates import Authority
from tests.integration.egress.local import request_to
from tests.integration.egress.peers import Peer, Seen, ok
from tests.support.log_lines import new_service

HEALTHY, HOSTILE_SECONDS = 20, 12.0
type Script = Callable[[socket.socket, Seen, Peer], bool]


def silent(sock: socket.socket, seen: Seen, peer: Peer) -> bool:
    peer.stopping.wait(60)
    return False


def dripping(head: bytes) -> Script:
    """A byte now and then, for ever."""

    def script(sock: socket.socket, seen: Seen, peer: Peer) -> bool:
        sock.sendall(head)
        while not peer.stopping.wait(0.1):
            sock.sendall(b"x")
        return False

    return script


def flooding(sock: socket.socket, seen: Seen, peer: Peer) -> bool:
    sock.sendall(b"HTTP/1.1 500 X\r\ntransfer-encoding: chunked\r\n\r\n")
    while not peer.stopping.is_set():
        sock.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")
    return False


HOSTILE: dict[str, Script] = {
    "silent": silent,
    "dripping head": dripping(b"HTTP/1.1 200 OK\r\nx-a: "),
    "dripping body": dripping(b"HTTP/1.1 500 X\r\ncontent-length: 1000\r\n\r\n"),
    "flooding": flooding,
}


@pytest.fixture(autouse=True)
def quiet_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    for built in (wiring.settings, wiring.logger, wiring.metrics):
        built.cache_clear()
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", new_service())


class Batch:
    """Sends to `ports` in turn, a name for each; remembers who ended in which order."""

    def __init__(self, sender: HttpSender, ports: dict[str, int], **request: Any) -> None:
        self._sender, self._ports, self._request = sender, ports, request
        self.ended, self.outcomes = list[str](), dict[str, Outcome]()
        self._lock = threading.Lock()

    def send(self, record: dict[str, Any]) -> None:
        name = record["body"]
        kind = name.rpartition(" ")[0]
        if kind == "ours":
            raise ValueError("a fault of ours")
        seconds = 60.0 if kind == "healthy" else HOSTILE_SECONDS
        host = f"{name.replace(' ', '-')}.example" if "host" not in self._request else self._request["host"]
        asked = {**self._request, "host": host, "timeout_seconds": seconds}
        outcome = self._sender.send(request_to(self._ports[kind], **asked))
        with self._lock:
            self.ended.append(kind)
            self.outcomes[name] = outcome


def records(*names: str) -> dict[str, Any]:
    return {"Records": [{"messageId": name, "body": name} for name in names]}


@pytest.mark.parametrize("kind", HOSTILE)
def test_eighty_hostile_peers_hold_up_none_of_twenty_others(sender: HttpSender, kind: str) -> None:
    """The others come last, and end before the first of those that are left at their deadline. One that fails
    by a fault of ours is the only message that comes again."""
    with Peer(HOSTILE[kind]) as bad, Peer(ok) as good:
        batch = Batch(sender, {kind: bad.port, "healthy": good.port})
        names = [f"{kind} {n}" for n in range(AT_ONCE - HEALTHY - 1)]
        names += ["ours 0", *(f"healthy {n}" for n in range(HEALTHY))]
        answer = each_record(records(*names), batch.send)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "ours 0"}]}
    healthy = [outcome for name, outcome in batch.outcomes.items() if name.startswith("healthy")]
    assert [outcome.status for outcome in healthy] == [200] * HEALTHY
    assert len(batch.outcomes) == AT_ONCE - 1
    if kind != "flooding":  # whose answer is cut, and counts
        assert batch.ended[:HEALTHY] == ["healthy"] * HEALTHY
        hostile = {outcome.error for name, outcome in batch.outcomes.items() if name.startswith(kind)}
        assert hostile == {"timeout"}


def test_a_hundred_deliveries_to_one_subscriber_keep_a_hundred_connections_for_the_next(
    sender: HttpSender, authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tls = authority.server_context(tmp_path_factory.mktemp("tls"), "subscriber.example")
    all_there = threading.Barrier(AT_ONCE)

    def together(sock: socket.socket, seen: Seen, peer: Peer) -> bool:
        all_there.wait(60)
        return ok(sock, seen, peer)

    with Peer(together, tls=tls) as peer:
        more: dict[str, Any] = {"scheme": "https", "ca_bundle_pem": authority.pem}
        batch = Batch(sender, {"healthy": peer.port}, host="subscriber.example", **more)
        for _ in range(2):
            each_record(records(*(f"healthy {n}" for n in range(AT_ONCE))), batch.send)
            assert {outcome.status for outcome in batch.outcomes.values()} == {200}
    assert (peer.connections, len(peer.seen)) == (AT_ONCE, 2 * AT_ONCE)
