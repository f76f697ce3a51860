"""Many refusals of a source are told once in a while, not one by one."""

from __future__ import annotations

from doorbell.domain.refusals import MAX_SOURCES, REFUSALS, WINDOW_SECONDS, RefusalWatch


def test_the_twentieth_refusal_of_a_window_is_told_and_no_other() -> None:
    watch = RefusalWatch()
    told = [watch.refused("s", 1000.0 + n) for n in range(3 * REFUSALS)]
    assert told == [n + 1 == REFUSALS for n in range(3 * REFUSALS)]


def test_a_few_refusals_now_and_then_are_not_told() -> None:
    watch = RefusalWatch()
    assert not any(watch.refused("s", n * WINDOW_SECONDS / (REFUSALS - 2)) for n in range(200))


def test_the_next_window_is_told_again() -> None:
    watch = RefusalWatch()
    for start in (0.0, WINDOW_SECONDS):
        assert sum(watch.refused("s", start) for _ in range(REFUSALS)) == 1


def test_sources_are_counted_apart_and_memory_is_bounded() -> None:
    watch = RefusalWatch()
    for n in range(5 * MAX_SOURCES):
        assert not watch.refused(f"s{n}", 1.0)
    assert len(watch.counts) <= MAX_SOURCES
