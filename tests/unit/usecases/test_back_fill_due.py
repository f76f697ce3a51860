"""Back-fill by the clock: which source is looked at, when, and what keeps it from being looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import pytest

from doorbell.domain.backfill import Later, NotPossible, Progress
from doorbell.domain.errors import ConfigError
from doorbell.domain.sources import Backfill, Source
from doorbell.usecases.back_fill_due import LEASE_SECONDS, LOOK_SECONDS, BackFillDue
from doorbell.usecases.ports_of_backfill import Report
from tests.support.fakes import Crash, FakeClock, RecordingLog, RecordingMetrics, unavailable

MINUTE = 60.0


def source(name: str, minutes: int | None = 30, *, enabled: bool = True) -> Source:
    setting = Backfill("ssm:/token", "orgs/octo/hooks/7", every_minutes=minutes)
    return Source(name, "github", ("ssm:/x",), enabled=enabled, backfill=setting)


@dataclass
class FakePlanner:
    sources: dict[str, Source]
    kept: dict[str, Progress] = field(default_factory=dict)
    look_at: float = 0.0

    def due(self, now: float) -> Iterator[str]:
        rows = [one for one in self.kept.values() if one.due_at is not None and one.due_at <= now]
        yield from [one.source_id for one in sorted(rows, key=lambda one: one.due_at or 0.0)]

    def may_look(self, now: float, next_at: float) -> bool:
        may = self.look_at <= now
        self.look_at = next_at if may else self.look_at
        return may

    def wanted(self) -> Sequence[str]:
        return [name for name, one in self.sources.items() if one.backfill is not None]

    def progress(self, source: Source) -> Progress:
        return self.kept.get(source.source_id, Progress(source.source_id, source.tenant_id))

    def save(self, progress: Progress) -> Progress:
        there = self.kept.get(progress.source_id)
        if there is not None and there.version != progress.version:
            raise Later(60, "another")
        self.kept[progress.source_id] = replace(progress, version=progress.version + 1)
        return self.kept[progress.source_id]

    def off(self, source_id: str) -> None:
        self.kept[source_id] = replace(self.kept[source_id], due_at=None)


@dataclass
class Clockwork:
    """`runs`: what each pass does, in order; then it is finished at once."""

    sources: dict[str, Source] = field(default_factory=dict)
    clock: FakeClock = field(default_factory=FakeClock)
    runs: list[Callable[[], Report]] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.planner, self.metrics, self.log = FakePlanner(self.sources), RecordingMetrics(), RecordingLog()

    def source_of(self, source_id: str) -> Source | None:
        if source_id == "broken":
            raise ConfigError("broken", "secrets", "none")
        return self.sources.get(source_id)

    def run(self, source: Source, goes_on: Callable[[], bool]) -> Report:
        self.ran.append(source.source_id)
        return self.runs.pop(0)() if self.runs else Report(finished=True)

    def tick(self, seconds: float = 250.0) -> int:
        due = BackFillDue(self.planner, self.source_of, self.run, self.clock, self.metrics, self.log)
        return due(self.clock() + seconds)

    def due_in(self, name: str = "a") -> float | None:
        at = self.planner.kept[name].due_at
        return None if at is None else at - self.clock()


def failing(error: Exception) -> Callable[[], Report]:
    def run() -> Report:
        raise error

    return run


def test_a_source_is_found_looked_at_and_looked_at_again_after_its_minutes() -> None:
    work = Clockwork({"a": source("a"), "plain": Source("plain", "github", ("ssm:/x",))})
    assert (work.tick(), work.tick()) == (1, 0)
    work.clock.advance(29 * MINUTE)
    assert work.tick() == 0
    work.clock.advance(MINUTE)
    assert (work.tick(), work.ran) == (1, ["a", "a"])


def test_one_that_people_write_later_is_found_within_the_hour() -> None:
    work = Clockwork()
    work.tick()
    work.sources["a"] = source("a")
    work.clock.advance(LOOK_SECONDS - 1)
    assert work.tick() == 0
    work.clock.advance(1)
    assert work.tick() == 1


@pytest.mark.parametrize("now", [None, source("a", None), source("a", enabled=False)])
def test_one_that_is_gone_switched_off_or_has_no_minutes_any_more_leaves_the_schedule(
    now: Source | None,
) -> None:
    work = Clockwork({"a": source("a")})
    work.tick()
    work.sources.clear()
    work.sources.update({} if now is None else {"a": now})
    work.clock.advance(2 * LOOK_SECONDS)
    assert (work.tick(), work.due_in(), work.ran) == (0, None, ["a"])


def test_whoever_dies_leaves_the_source_to_the_next_once_its_lease_is_over() -> None:
    work = Clockwork({"a": source("a")})
    work.runs = [failing(Crash())]  # type: ignore[arg-type]
    with pytest.raises(Crash):
        work.tick()
    work.clock.advance(LEASE_SECONDS - 1)
    assert work.tick() == 0
    work.clock.advance(1)
    assert work.tick() == 1


def test_of_two_invocations_at_once_one_takes_a_source() -> None:
    work = Clockwork({"a": source("a")})

    def meanwhile() -> Report:
        assert work.tick() == 0
        return Report(finished=True)

    work.runs = [meanwhile]
    assert (work.tick(), work.ran) == (1, ["a"])


def test_when_the_provider_says_later_it_is_later_and_what_is_not_finished_goes_on_at_once() -> None:
    work = Clockwork({"a": source("a")})
    work.runs = [lambda: Report(later=777.0, why="limits"), lambda: Report()]
    work.tick()
    assert work.due_in() == 777.0
    work.clock.advance(777)
    work.tick()
    assert work.due_in() == 0


def test_what_a_person_must_see_to_is_told_and_asked_for_less_and_less_often() -> None:
    work = Clockwork({"a": source("a")})
    work.runs = [failing(NotPossible("the credential is not taken"))] * 3
    waits = []
    for _ in range(3):
        work.tick()
        waits.append(work.due_in())
        work.clock.advance(waits[-1] or 0)
    assert waits == [60 * MINUTE, 120 * MINUTE, 240 * MINUTE]
    assert work.planner.kept["a"].problem == "the credential is not taken"
    assert work.metrics.counts["ConfigError"] == 3
    work.tick()
    assert (work.due_in(), work.planner.kept["a"].problem) == (30 * MINUTE, "")


def test_an_aws_that_fails_harms_no_other_source() -> None:
    work = Clockwork({"a": source("a"), "b": source("b")})
    work.runs = [failing(unavailable())]
    assert (work.tick(), work.ran, work.due_in()) == (2, ["a", "b"], LEASE_SECONDS)


def test_a_broken_source_is_told_and_harms_no_other() -> None:
    work = Clockwork({"broken": source("broken"), "a": source("a")})
    assert (work.tick(), work.ran) == (1, ["a"])


def test_when_the_time_is_over_the_rest_is_left_to_the_next_invocation() -> None:
    work = Clockwork({"a": source("a"), "b": source("b")})

    def long() -> Report:
        work.clock.advance(300)
        return Report(finished=True)

    work.runs = [long]
    assert (work.tick(250), work.tick()) == (1, 1)
    assert work.ran == ["a", "b"]


def test_events_that_are_missing_for_good_are_counted() -> None:
    work = Clockwork({"a": source("a")})
    work.runs = [lambda: Report(finished=True, given_up=2)]
    work.tick()
    assert work.metrics.counts["MissingForGood"] == 2
