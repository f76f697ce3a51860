"""Which kept connections are closed, and when."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any

import pytest

from doorbell.egress.idle import IdleConnections, PoolKey
from tests.support.clocks import both
from tests.support.fakes import FakeClock

KEY = PoolKey("https", "subscriber.example", 443, (None, None))
HERE, ELSEWHERE = IPv4Address("192.0.2.1"), IPv4Address("192.0.2.2")


class Kept:
    def __init__(self, peer: IPv4Address = HERE, *, is_at_rest: bool = True) -> None:
        self.peer, self.is_at_rest, self.is_closed = peer, is_at_rest, False

    def close(self) -> None:
        self.is_closed = True


def kept(clock: FakeClock, *connections: Kept, apart: float = 0.0) -> IdleConnections:
    """Put back one after another, `apart` seconds each."""
    idle = IdleConnections(max_seconds=20, clocks=both(clock))
    for connection in connections:
        put: Any = connection
        idle.put(KEY, put)
        clock.advance(apart)
    return idle


def taken(idle: IdleConnections, peers: list[IPv4Address]) -> Any:
    return idle.take(KEY, peers)


def test_the_freshest_is_taken_and_those_too_old_behind_it_are_closed() -> None:
    old, fresh, freshest = Kept(), Kept(), Kept()
    clock = FakeClock()
    idle = kept(clock, old, fresh, freshest, apart=8)
    assert taken(idle, [HERE]) is freshest
    assert [one.is_closed for one in (old, fresh, freshest)] == [True, False, False]
    assert taken(idle, [HERE]) is fresh
    assert taken(idle, [HERE]) is None


def test_those_found_dead_or_of_another_peer_on_the_way_are_closed_and_never_come_again() -> None:
    usable, strange, dead = Kept(), Kept(ELSEWHERE), Kept(is_at_rest=False)
    idle = kept(FakeClock(), usable, strange, dead)
    assert taken(idle, [HERE]) is usable
    assert [one.is_closed for one in (usable, strange, dead)] == [False, True, True]
    assert taken(idle, [HERE, ELSEWHERE]) is None


def test_when_all_are_too_old_all_are_closed() -> None:
    clock = FakeClock()
    all_of_them = [Kept() for _ in range(3)]
    idle = kept(clock, *all_of_them)
    clock.advance(20)
    assert taken(idle, [HERE]) is None
    assert all(one.is_closed for one in all_of_them)


@pytest.mark.parametrize(
    ("keep_alive", "seconds"),
    [
        ("", 4),
        ("timeout=5", 4),
        ("timeout=3, max=100", 2),
        ("max=100, timeout=15", 14),
        ("Timeout=60", 20),
        ("timeout=1", 0),
        ("timeout=0", 0),
        ("timeout=-5", 4),
        ("timeout=many", 4),
        ("timeout=9999999999", 4),
        ("xtimeout=9", 4),
    ],
)
def test_a_connection_is_kept_a_second_less_than_its_server_says(keep_alive: str, seconds: float) -> None:
    clock = FakeClock()
    idle = IdleConnections(clocks=both(clock))
    early, late = Kept(), Kept()
    for connection in (early, late):
        put: Any = connection
        idle.put(KEY, put, keep_alive)
        clock.advance(max(0.0, seconds - 0.5))
        assert taken(idle, [HERE]) is (connection if seconds else None)
        idle.put(KEY, put, keep_alive)
        clock.advance(seconds)
        assert taken(idle, [HERE]) is None
        assert connection.is_closed


def test_when_there_are_too_many_the_longest_unused_host_s_are_closed_and_no_others() -> None:
    hosts = [PoolKey("https", name, 443, (None, None)) for name in ("one", "two", "three")]
    idle = IdleConnections(limit=4, clocks=both(FakeClock()))
    put: list[Any] = [Kept() for _ in range(6)]
    for place, connection in enumerate(put):
        idle.put(hosts[place // 2], connection)
    assert [one.is_closed for one in put] == [True, True, False, False, False, False]
    assert idle.take(hosts[0], [HERE]) is None
    assert [idle.take(host, [HERE]) for host in (*hosts[1:], *hosts[1:])] == [put[3], put[5], put[2], put[4]]
    for connection in put:
        idle.put(hosts[0], connection)
    assert sum(not one.is_closed for one in put[2:]) == 4, "an empty host is in nobody's way"
