"""Turns that are taken one at a time: whose is next, and who is told to come again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from doorbell.domain.errors import Busy
from doorbell.payloads.turns import Turns

FOREVER = 60.0


class Room:
    """Whoever has its turn leaves when it is told to."""

    def __init__(self, seconds: float = FOREVER) -> None:
        self.turns, self.had = Turns("transform", seconds), list[str]()
        self._leave = threading.Semaphore(0)

    def visit(self, owner: str) -> None:
        with self.turns.turn(owner):
            self.had.append(owner)
            assert self._leave.acquire(timeout=FOREVER)

    def let_go(self, count: int) -> None:
        self._leave.release(count)


def until(holds: object) -> None:
    assert callable(holds)
    for _ in range(60_000):
        if holds():
            return
        threading.Event().wait(0.001)
    raise AssertionError("it never came about")


def test_a_neighbour_waits_for_one_of_another_s_hundred() -> None:
    room = Room()
    with ThreadPoolExecutor(102) as pool:
        visits = [pool.submit(room.visit, "greedy") for _ in range(100)]
        until(lambda: room.turns.waiting == 99)
        visits += [pool.submit(room.visit, "neighbour")]
        until(lambda: room.turns.waiting == 100)
        visits += [pool.submit(room.visit, "other")]
        until(lambda: room.turns.waiting == 101)
        room.let_go(len(visits))
        for visit in visits:
            visit.result(FOREVER)
    assert room.had[:4] == ["greedy", "greedy", "neighbour", "other"]
    assert sorted(room.had) == ["greedy"] * 100 + ["neighbour", "other"]


def test_who_waits_too_long_is_told_and_leaves_no_trace() -> None:
    room = Room(seconds=0.05)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(room.visit, "slow")
        until(lambda: room.had == ["slow"])
        with pytest.raises(Busy, match="transform"), room.turns.turn("late"):
            pass
        assert room.turns.waiting == 0
        room.let_go(1)
        first.result(FOREVER)
    with room.turns.turn("late"):
        room.had.append("late")
    assert room.had == ["slow", "late"]


def test_a_turn_that_ends_with_an_error_is_passed_on() -> None:
    turns = Turns("transform", FOREVER)
    with pytest.raises(ZeroDivisionError), turns.turn("a"):
        raise ZeroDivisionError
    with turns.turn("b"):
        pass


def test_there_is_never_more_than_one_at_it() -> None:
    turns, inside, most = Turns("transform", FOREVER), list[int](), list[int]()

    def visit(number: int) -> None:
        with turns.turn(f"owner {number % 3}"):
            inside.append(number)
            most.append(len(inside))
            inside.remove(number)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(visit, range(500)))
    assert most == [1] * 500
