"""Room for the bodies of a batch: who has to wait, and what is given back."""

from __future__ import annotations

import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest

from doorbell.domain.errors import Busy
from doorbell.runtime.room import EACH_BYTES, LARGEST, ROOM_BYTES, Room

FOREVER = 60.0


def test_ten_of_the_largest_of_one_subscription_find_room_and_leave_as_much_to_others() -> None:
    room, all_in = Room(wait_seconds=FOREVER), threading.Barrier(20)

    def deliver(number: int) -> None:
        with room.guest(f"t/{number % 2}"):
            room.take(LARGEST)
            all_in.wait(FOREVER)

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(deliver, range(20))) == [None] * 20
    assert (10 * LARGEST, 20 * LARGEST) == (EACH_BYTES, ROOM_BYTES)


@pytest.mark.parametrize(("owner", "held"), [("a", [("a", 50)]), ("c", [("a", 50), ("b", 50)])])
def test_who_finds_no_room_is_told_to_come_again(owner: str, held: list[tuple[str, int]]) -> None:
    """Its own share is used up, or all there is."""
    room, inside, done = Room(100, 50, wait_seconds=0.01), threading.Barrier(1 + len(held)), threading.Event()

    def hold(name: str, size: int) -> None:
        with room.guest(name):
            room.take(size)
            inside.wait(FOREVER)
            assert done.wait(FOREVER)

    with ThreadPoolExecutor(2) as pool:
        holding = [pool.submit(hold, *one) for one in held]
        inside.wait(FOREVER)
        with pytest.raises(Busy, match="memory"), room.guest(owner):
            room.take(1)
        done.set()
        for one in holding:
            one.result(FOREVER)
    with room.guest(owner):
        room.take(50)


def test_who_waits_goes_when_another_gives_back() -> None:
    room, inside, go = Room(100, 50, wait_seconds=FOREVER), threading.Event(), threading.Event()

    def first() -> None:
        with room.guest("a"):
            room.take(50)
            inside.set()
            assert go.wait(FOREVER)

    def second() -> None:
        assert inside.wait(FOREVER)
        go.set()
        with room.guest("a"):
            room.take(50)

    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(first), pool.submit(second)]:
            one.result(FOREVER)


def test_what_failed_has_given_back_all_that_it_took() -> None:
    room = Room(100, 50, wait_seconds=0.0)

    def fail() -> None:
        with room.guest("a"):
            room.take(20)
            room.take(30)
            raise ZeroDivisionError

    for _ in range(5):
        with pytest.raises(ZeroDivisionError):
            fail()
    with room.guest("a"):
        room.take(50)


def test_who_is_alone_may_be_larger_than_the_room_and_who_is_no_guest_is_not_counted() -> None:
    room = Room(100, 50, wait_seconds=0.0)
    with room.guest("a"):
        room.take(1000)
    room.take(1000)
    with room.guest("a"):
        room.take(50)


def test_of_those_who_were_there_once_nothing_is_kept() -> None:
    room = Room(100, 50, wait_seconds=0.0)
    tracemalloc.start()
    try:
        for number in range(20_000):
            with room.guest(f"tenant/{number}"):
                room.take(1)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 100_000
