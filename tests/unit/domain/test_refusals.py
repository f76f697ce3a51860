"""Many refusals of a source are told once in a while, not one by one."""

from __future__ import annotations

from doorbell.domain.refusals import MAX_SOURCES, REFUSALS, WINDOW_SECONDS, RefusalWatch
from tests.support.clocks import both
from tests.support.fakes import FakeClock


def test_the_twentieth_refusal_of_a_window_is_told_and_no_other() -> None:
    clock, told = FakeClock(), list[bool]()
    watch = RefusalWatch(both(clock))
    for _ in range(3 * REFUSALS):
        told.append(watch.refused("s"))
        clock.advance(1)
    assert told == [n + 1 == REFUSALS for n in range(3 * REFUSALS)]


def test_a_few_refusals_now_and_then_are_not_told() -> None:
    clock = FakeClock()
    watch = RefusalWatch(both(clock))
    for _ in range(200):
        assert not watch.refused("s")
        clock.advance(WINDOW_SECONDS / (REFUSALS - 2))


def test_the_next_window_is_told_again() -> None:
    clock = FakeClock()
    watch = RefusalWatch(both(clock))
    for _ in range(2):
        assert sum(watch.refused("s") for _ in range(REFUSALS)) == 1
        clock.advance(WINDOW_SECONDS)


def test_sources_are_counted_apart_and_memory_is_bounded() -> None:
    watch = RefusalWatch()
    for n in range(5 * MAX_SOURCES):
        assert not watch.refused(f"s{n}")
    assert len(watch.counts) <= MAX_SOURCES
