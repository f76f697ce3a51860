"""DNS answers that change between two look-ups, given by a real DNS server.

Nothing may leave this machine, so 127.0.0.2 plays the public address: the policy lets it in, and it alone.
127.0.0.1 is the inside.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest

from doorbell.egress.client import HttpSender
from doorbell.egress.guard import EgressPolicy
from doorbell.egress.recent_names import KEPT_SECONDS, RecentNames
from doorbell_cli.stack.server import free_port
from tests.integration.egress.local import request_to
from tests.integration.egress.peers import Peer, answering, ok
from tests.support.clocks import both
from tests.support.dns import DnsServer

PUBLIC, INSIDE = "127.0.0.2", "127.0.0.1"
POLICY = EgressPolicy(allow_http=True, allowed_ports=None, allowed_cidrs=(f"{PUBLIC}/32",))


@pytest.fixture
def peers() -> Iterator[tuple[Peer, Peer]]:
    """One peer on the public address and one inside, on the same port, so that only the address tells them
    apart."""
    port = free_port()
    with Peer(ok, address=(PUBLIC, port)) as public, Peer(ok, address=(INSIDE, port)) as inside:
        yield public, inside


@pytest.fixture(autouse=True)
def no_other_lookup(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks the name up again, past the resolver, fails the test."""

    def refuse(*arguments: object, **named: object) -> None:
        raise AssertionError("a second look-up")

    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)


def test_the_connection_goes_to_the_address_that_was_checked(peers: tuple[Peer, Peer]) -> None:
    public, inside = peers
    with DnsServer(lambda name, n: [PUBLIC] if n == 1 else [INSIDE]) as dns:
        with closing(HttpSender(POLICY, dns.resolver)) as sender:
            outcome = sender.send(request_to(public.port, host="rebind.example"))
        assert dns.questions == ["rebind.example"]
    assert (outcome.status, outcome.error) == (200, None)
    assert public.seen[0].header("host") == [f"rebind.example:{public.port}"]
    assert (public.connections, inside.connections) == (1, 0)


def test_a_name_that_turns_inside_is_refused_even_with_its_old_connection_still_open(
    peers: tuple[Peer, Peer],
) -> None:
    public, inside = peers
    with (
        DnsServer(lambda name, n: [PUBLIC] if n == 1 else [INSIDE]) as dns,
        closing(HttpSender(POLICY, dns.resolver)) as sender,
    ):
        outcomes = [sender.send(request_to(public.port, host="rebind.example")) for _ in range(3)]
    assert [outcome.error for outcome in outcomes] == [None, "address_refused", "address_refused"]
    assert (len(public.seen), inside.connections) == (1, 0)


def test_a_remembered_answer_leads_to_the_address_that_was_checked_and_is_soon_forgotten(
    peers: tuple[Peer, Peer],
) -> None:
    public, inside = peers
    clock = [100.0]
    with DnsServer(lambda name, n: [PUBLIC] if n == 1 else [INSIDE]) as dns:
        names = RecentNames(dns.resolver, clocks=both(lambda: clock[0]))
        with closing(HttpSender(POLICY, names)) as sender:
            errors = [sender.send(request_to(public.port, host="rebind.example")).error for _ in range(2)]
            clock[0] += KEPT_SECONDS
            errors.append(sender.send(request_to(public.port, host="rebind.example")).error)
        assert len(dns.questions) == 2
    assert errors == [None, None, "address_refused"]
    assert (len(public.seen), inside.connections) == (2, 0)


@pytest.mark.parametrize(
    "answer", [[PUBLIC, INSIDE], [INSIDE, PUBLIC], [PUBLIC, "::1"], [PUBLIC, "10.0.0.1"]]
)
def test_an_answer_that_mixes_public_and_inside_is_refused(
    peers: tuple[Peer, Peer], answer: Sequence[str]
) -> None:
    public, inside = peers
    with DnsServer(lambda name, n: answer) as dns:
        outcome = HttpSender(POLICY, dns.resolver).send(request_to(public.port, host="mixed.example"))
    assert outcome.error == "address_refused"
    assert (public.connections, inside.connections) == (0, 0)


def test_the_default_policy_refuses_what_rebinds_to_loopback_and_the_metadata_address() -> None:
    answers = iter(["127.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "fd00:ec2::254", "0.0.0.0"])
    with DnsServer(lambda name, n: [next(answers)]) as dns:
        sender = HttpSender(EgressPolicy(), dns.resolver)
        errors = [sender.send(request_to(443, scheme="https", host="rebind.example")).error for _ in range(5)]
    assert errors == ["address_refused"] * 5


def test_a_redirect_is_not_a_second_look_up(peers: tuple[Peer, Peer]) -> None:
    _, inside = peers
    location = f"location: http://rebind.example:{inside.port}/\r\n".encode()
    redirect = answering(b"HTTP/1.1 302 X\r\n" + location + b"content-length: 0\r\n\r\n")
    with (
        Peer(redirect, address=(PUBLIC, 0)) as peer,
        DnsServer(lambda name, n: [PUBLIC] if n == 1 else [INSIDE]) as dns,
    ):
        with closing(HttpSender(POLICY, dns.resolver)) as sender:
            outcome = sender.send(request_to(peer.port, host="rebind.example"))
        assert len(dns.questions) == 1
    assert (outcome.status, inside.connections) == (302, 0)
