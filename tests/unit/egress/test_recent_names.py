"""Answers remembered for a second, or while nobody can be asked: by both clocks, and never too many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Barrier, Thread

import pytest

from doorbell.domain.clocks import Clocks
from doorbell.egress.errors import GuardError
from doorbell.egress.recent_names import KEPT_SECONDS, STALE_SECONDS, RecentNames


@dataclass
class Names:
    """A resolver that numbers its answers, takes `takes` seconds, and has clocks beside it."""

    now: float = 100.0
    wall: float = 1_700_000_000.0
    takes: float = 0.0
    failure: GuardError | None = None
    asked: list[tuple[str, float]] = field(default_factory=list)

    def __call__(self, host: str, timeout_seconds: float) -> Sequence[str]:
        self.asked.append((host, timeout_seconds))
        self.later(self.takes)
        if self.failure is not None:
            raise self.failure
        return [f"8.8.8.{len(self.asked)}"]

    def later(self, seconds: float) -> None:
        self.now += seconds
        self.wall += seconds

    def recent(self, limit: int = 256) -> RecentNames:
        return RecentNames(self, limit=limit, clocks=Clocks(lambda: self.now, lambda: self.wall))


def test_within_a_second_a_name_is_asked_for_once_and_then_anew() -> None:
    names = Names()
    recent = names.recent()
    assert recent("a.example", 7) == ["8.8.8.1"]
    names.later(KEPT_SECONDS - 0.001)
    assert recent("a.example", 5) == ["8.8.8.1"]
    assert recent("b.example", 5) == ["8.8.8.2"]
    names.later(0.001)
    assert recent("a.example", 5) == ["8.8.8.3"]
    assert names.asked == [("a.example", 7), ("b.example", 5), ("a.example", 5)]


def test_an_answer_is_as_old_as_its_question() -> None:
    names = Names(takes=0.6)
    recent = names.recent()
    recent("a.example", 5)
    names.later(0.5)
    assert recent("a.example", 5) == ["8.8.8.2"]


@pytest.mark.parametrize("wall", [KEPT_SECONDS, 3_600.0, -1.0])
def test_a_clock_that_stood_still_or_one_that_was_set_keeps_nothing_alive(wall: float) -> None:
    names = Names()
    recent = names.recent()
    recent("a.example", 5)
    names.wall += wall
    assert recent("a.example", 5) == ["8.8.8.2"]
    names.now += KEPT_SECONDS
    assert recent("a.example", 5) == ["8.8.8.3"]


def test_a_failure_is_not_remembered_and_neither_is_no_address() -> None:
    answers: list[Sequence[str] | GuardError] = [GuardError("dns_failed", "no"), [], ["8.8.8.8"]]

    def resolver(host: str, timeout_seconds: float) -> Sequence[str]:
        answer = answers.pop(0)
        if isinstance(answer, GuardError):
            raise answer
        return answer

    recent = RecentNames(resolver)
    with pytest.raises(GuardError):
        recent("a.example", 5)
    assert recent("a.example", 5) == []
    assert recent("a.example", 5) == ["8.8.8.8"]


def test_of_too_many_names_the_one_asked_for_longest_ago_is_forgotten() -> None:
    names = Names()
    recent = names.recent(limit=2)
    for host in ("a.example", "b.example"):
        recent(host, 5)
    names.later(KEPT_SECONDS)
    for host in ("a.example", "c.example", "a.example", "c.example", "b.example", "c.example", "a.example"):
        recent(host, 5)
    anew = [host for host, _ in names.asked[2:]]
    assert anew == ["a.example", "c.example", "b.example", "a.example"]


def test_threads_that_ask_at_once_each_get_an_answer() -> None:
    together, answers = Barrier(8), list[Sequence[str]]()
    recent = RecentNames(lambda host, timeout_seconds: ["8.8.8.8"], limit=3)

    def ask(number: int) -> None:
        together.wait(10)
        answers.extend(recent(f"{(number + turn) % 5}.example", 5) for turn in range(200))

    threads = [Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [["8.8.8.8"]] * 1600


BUSY = GuardError("lookups_busy", "32 look-ups hang already")


def test_while_others_names_take_up_all_look_ups_a_known_name_serves_on_for_a_while() -> None:
    names = Names()
    recent = names.recent()
    assert recent("a.example", 7) == ["8.8.8.1"]
    names.failure = BUSY
    names.later(STALE_SECONDS - 1)
    assert recent("a.example", 7) == ["8.8.8.1"]
    for unknown_or_too_old in ("b.example", "a.example"):
        with pytest.raises(GuardError, match="lookups_busy"):
            recent(unknown_or_too_old, 7)
        names.later(1)


@pytest.mark.parametrize("frozen", ["now", "wall"])
def test_a_known_name_grows_too_old_by_either_clock(frozen: str) -> None:
    names = Names()
    recent = names.recent()
    recent("a.example", 7)
    names.failure = BUSY
    names.later(STALE_SECONDS)
    setattr(names, frozen, {"now": 100.0, "wall": 1_700_000_000.0}[frozen])
    with pytest.raises(GuardError, match="lookups_busy"):
        recent("a.example", 7)


def test_no_other_failure_is_answered_from_memory() -> None:
    """A host that moved, or is gone, is so within a second."""
    names = Names()
    recent = names.recent()
    recent("a.example", 7)
    names.failure = GuardError("dns_failed", "Name or service not known")
    names.later(2)
    with pytest.raises(GuardError, match="dns_failed"):
        recent("a.example", 7)
