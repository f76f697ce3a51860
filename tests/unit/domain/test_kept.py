"""What is kept up to a number, and by degrees beyond it."""

from __future__ import annotations

from threading import Barrier, Thread
from weakref import ref

import pytest

from doorbell.domain.kept import Kept


class Making:
    def __init__(self) -> None:
        self.made = 0

    def __call__(self, key: int) -> str:
        self.made += 1
        if key < 0:
            raise ValueError
        return str(key)


def test_it_is_made_once_while_there_is_room() -> None:
    making = Making()
    kept = Kept(making, 10)
    assert [kept(n) for _ in range(3) for n in range(10)] == [str(n) for n in range(10)] * 3
    assert making.made == 10


@pytest.mark.parametrize(("asked", "share"), [(1_100, 0.7), (1_500, 0.35), (2_000, 0.15)])
def test_more_than_are_kept_in_turn_find_a_part_and_not_nothing(asked: int, share: float) -> None:
    making = Making()
    kept = Kept(making, 1_000)
    for _ in range(5):
        for n in range(asked):
            kept(n)
    making.made = 0
    for _ in range(5):
        for n in range(asked):
            kept(n)
    assert 1 - making.made / (5 * asked) > share


def test_what_cannot_be_made_is_tried_anew() -> None:
    making = Making()
    kept = Kept(making, 10)
    for _ in range(2):
        with pytest.raises(ValueError, match=r"^$"):
            kept(-1)
    assert making.made == 2


def test_no_more_are_kept_than_there_is_room_for() -> None:
    making = Making()
    kept = Kept(making, 10)
    for _ in range(2):
        making.made = 0
        assert [kept(n) for n in range(100)] == [str(n) for n in range(100)]
    assert making.made >= 90


@pytest.mark.parametrize("together", [2, 5])
def test_what_several_threads_make_at_once_is_kept_once_and_makes_room_for_others(together: int) -> None:
    """Each that is made finds another one that is being made."""
    at_once, making = Barrier(together), Making()

    def make(key: int) -> str:
        if key < 10:
            at_once.wait(timeout=60)
        return making(key)

    kept = Kept(make, 10)
    for key in range(10):
        threads = [Thread(target=kept, args=(key,)) for _ in range(together)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    making.made = 0
    assert [kept(key) for key in range(10)] == [str(key) for key in range(10)]
    assert making.made == 0, "all ten are there"
    assert [kept(key) for key in range(10, 200)] == [str(key) for key in range(10, 200)]


class Made:
    """That somebody still has it can be seen."""


def test_as_many_are_kept_as_there_is_room_for_and_not_one_more() -> None:
    made: list[ref[Made]] = []

    def make(key: int) -> Made:
        new = Made()
        made.append(ref(new))
        return new

    kept = Kept(make, 10)
    for key in range(100):
        kept(key)
        assert sum(one() is not None for one in made) == min(key + 1, 10)
