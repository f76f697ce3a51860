"""Several addresses: one that never answers does not use up the time of those that do."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from ipaddress import IPv4Address, IPv6Address
from typing import ClassVar

import pytest

from doorbell.domain.outbound import Outcome
from doorbell.egress.addresses import Address
from doorbell.egress.client import HttpSender
from doorbell.egress.connecting import MAX_ADDRESSES_TRIED, by_turns, connect
from doorbell.egress.guard import EgressPolicy
from doorbell.egress.wire import BoundSocket, Exchange
from doorbell_cli.stack.server import free_port
from tests.integration.egress.local import request_to
from tests.integration.egress.peers import Peer, ok

POLICY = EgressPolicy(allow_http=True, allowed_ports=None, allowed_cidrs=("127.0.0.0/8", "::1/128"))
PATIENCE = 8.0


@contextmanager
def deaf(address: str, port: int) -> Iterator[None]:
    """`address` and `port` take no connection and refuse none: the queue for them is full."""
    with ExitStack() as sockets:
        listener = sockets.enter_context(socket.socket())
        listener.bind((address, port))
        listener.listen(0)
        for _ in range(3):
            waiting = sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex((address, port))
        yield


def send(port: int, addresses: Sequence[str], timeout_seconds: float) -> tuple[Outcome, float]:
    with closing(HttpSender(POLICY, lambda host, seconds: addresses)) as sender:
        started = time.monotonic()
        outcome = sender.send(request_to(port, timeout_seconds=timeout_seconds))
        return outcome, time.monotonic() - started


@pytest.mark.parametrize("silent", [["127.0.0.2"], ["127.0.0.2", "127.0.0.3"]])
def test_an_address_that_hangs_costs_the_next_a_moment_not_its_share_of_the_deadline(
    silent: list[str],
) -> None:
    with Peer(ok) as peer, ExitStack() as stack:
        for address in silent:
            stack.enter_context(deaf(address, peer.port))
        outcome, took = send(peer.port, [*silent, "127.0.0.1"], timeout_seconds=30)
    assert (outcome.status, outcome.error) == (200, None)
    assert took < PATIENCE


def test_many_addresses_of_ipv6_do_not_keep_ipv4_from_being_tried() -> None:
    """More of them than are tried in all; the first family keeps its precedence."""
    many: list[Address] = [
        *(IPv6Address(f"2606:4700::{number}") for number in range(1, 9)),
        IPv4Address("192.0.2.1"),
    ]
    assert by_turns(many)[:MAX_ADDRESSES_TRIED] == [many[0], many[8], many[1], many[2]]
    assert by_turns(many[::-1])[:2] == [many[8], many[7]]


def test_an_address_of_a_family_that_is_not_there_is_passed_over() -> None:
    """Nobody listens on it, or the kernel has no IPv6 at all."""
    with Peer(ok) as peer:
        outcome, _ = send(peer.port, ["::1", "127.0.0.1"], timeout_seconds=5)
    assert outcome.is_success


def test_addresses_that_all_hang_are_left_at_the_deadline() -> None:
    with Peer(ok, address=("127.0.0.9", 0)) as elsewhere, ExitStack() as stack:
        for address in ("127.0.0.2", "127.0.0.3"):
            stack.enter_context(deaf(address, elsewhere.port))
        outcome, took = send(elsewhere.port, ["127.0.0.2", "127.0.0.3"], timeout_seconds=1.0)
    assert (outcome.status, outcome.error) == (None, "timeout")
    assert 0.8 < took < PATIENCE


def test_addresses_that_refuse_are_passed_over_at_once_and_the_last_refusal_is_told() -> None:
    with Peer(ok) as peer:
        outcome, _ = send(peer.port, ["127.0.0.4", "127.0.0.5", "127.0.0.1"], timeout_seconds=5)
        refused, _ = send(peer.port, ["127.0.0.4", "127.0.0.5"], timeout_seconds=5)
    assert outcome.is_success
    assert refused.error == "connect_failed"
    assert "refused" in refused.detail.lower()


def test_the_first_that_answers_is_taken_and_the_others_are_left_alone() -> None:
    port = free_port()
    with Peer(ok, address=("127.0.0.2", port)) as other, Peer(ok, address=("127.0.0.1", port)) as peer:
        outcomes = [send(peer.port, ["127.0.0.1", "127.0.0.2"], timeout_seconds=5)[0] for _ in range(2)]
    assert all(outcome.is_success for outcome in outcomes)
    assert (peer.connections, other.connections) == (2, 0)


class NoWayToIpv6(BoundSocket):
    """IPv6 of a host whose network lost it: no refusal, no answer. `tried` are all that were begun."""

    tried: ClassVar[list[str]]

    def __init__(self, family: int = -1, kind: int = -1) -> None:
        super().__init__(socket.AF_INET, kind)

    def connect_ex(self, address: tuple[str, int]) -> int:  # type: ignore[override]
        host, port = address
        self.tried.append(host)
        return super().connect_ex(("127.0.0.2" if ":" in host else host, port))


def test_ipv6_that_hangs_costs_ipv4_a_moment_however_many_addresses_it_has() -> None:
    """The second that is tried is IPv4's; the other addresses of IPv6 are not waited for at all."""
    lost: list[Address] = [IPv6Address(f"2606:4700::{number}") for number in range(1, 9)]
    NoWayToIpv6.tried = []
    with Peer(ok, address=("127.0.0.1", free_port())) as peer, deaf("127.0.0.2", peer.port):
        exchange = Exchange(30, time.monotonic)
        sock, address = connect([*lost, IPv4Address("127.0.0.1")], peer.port, exchange, NoWayToIpv6)
        sock.close()
    assert address == IPv4Address("127.0.0.1")
    assert NoWayToIpv6.tried == [str(lost[0]), "127.0.0.1"]
    assert exchange.remaining() > 30 - PATIENCE
