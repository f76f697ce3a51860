"""Names of one tenant that hang: a neighbour is held for a while or goes on, and is never the one to fail."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

import pytest

from doorbell.domain.clocks import Clocks
from doorbell.domain.errors import Busy
from doorbell.egress.client import HttpSender
from doorbell.egress.recent_names import RecentNames
from doorbell.egress.resolver import SystemResolver
from tests.integration.egress.local import LOCAL, request_to
from tests.integration.egress.peers import Peer, ok


@contextmanager
def sender_with_room_for(look_ups: int, hanging: list[str]) -> Iterator[HttpSender]:
    """Names under `hangs.example` get no answer while it is open, all others are on loopback."""
    gate = threading.Event()

    def look_up(host: str) -> Sequence[str]:
        if host.endswith(".hangs.example"):
            hanging.append(host)
            gate.wait(30)
        return ["127.0.0.1"]

    ticks = iter(range(1000))  # each call is seconds after the one before
    clocks = Clocks(lambda: 10.0 * next(ticks), lambda: 1.0)
    names = RecentNames(SystemResolver(look_up, look_ups), clocks=clocks)
    with closing(HttpSender(LOCAL, names)) as sender:
        try:
            yield sender
        finally:
            gate.set()


def test_a_neighbour_makes_way_until_there_is_room() -> None:
    hanging = list[str]()
    with Peer(ok) as peer, sender_with_room_for(2, hanging) as sender:
        while len(hanging) < 2:  # a machine may stand still for longer than the deadline
            host = f"n{len(hanging)}.hangs.example"
            hung = sender.send(request_to(9, host=host, timeout_seconds=0.05))
            assert hung.error == "timeout", "whose name hangs has failed"
        with pytest.raises(Busy, match="lookups"):
            sender.send(request_to(peer.port, host="neighbour.example"))
    assert peer.connections == 0


def test_a_neighbour_whose_name_is_known_goes_on() -> None:
    with Peer(ok) as peer, sender_with_room_for(2, []) as sender:
        assert sender.send(request_to(peer.port, host="neighbour.example")).is_success
        for number in (1, 2):
            sender.send(request_to(9, host=f"n{number}.hangs.example", timeout_seconds=0.05))
        assert sender.send(request_to(peer.port, host="neighbour.example")).is_success
    assert len(peer.seen) == 2
