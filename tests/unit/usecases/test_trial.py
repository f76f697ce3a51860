"""A test event: made once, looked at less and less often, ended after one try."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from doorbell.domain.deliveries import Attempt, Delivery, DeliveryKey, Lease, State
from doorbell.domain.errors import ConfigError, Unavailable
from doorbell.domain.jobs import LEASE_SECONDS, Job, JobState
from doorbell.domain.replays import Selection
from doorbell.domain.trial_jobs import MAX_BODY, TrialJob, job_body
from doorbell.domain.trials import body_of
from doorbell.usecases.trial import Reads, Trials
from doorbell.usecases.work_off import WorkOff
from tests.support import fakes
from tests.support.fakes import START, FakeClock, unavailable
from tests.unit.usecases.test_work_off import Book

WAIT = 300.0
FAILED = Attempt(1, START, 5, 500, None, "", "")


def a_trial(**changes: object) -> TrialJob:
    selection = Selection("acme", "sub", START, START + WAIT, ())
    return replace(TrialJob("job1", selection, "a.b", "{}"), **changes)  # type: ignore[arg-type]


@dataclass
class Stage:
    clock: FakeClock = field(default_factory=FakeClock)
    events: fakes.FakeEvents = field(default_factory=fakes.FakeEvents)
    deliveries: fakes.FakeDeliveries = field(default_factory=fakes.FakeDeliveries)
    queue: fakes.FakeDeliveriesQueue = field(default_factory=fakes.FakeDeliveriesQueue)
    slept: list[float] = field(default_factory=list)

    @property
    def trials(self) -> Trials:
        ids = fakes.Sequential("lease")
        return Trials(
            self.events, self.deliveries, self.by_key, self.queue, self.clock, ids, grace=900, kept=86_400
        )

    def by_key(self, keys: Sequence[DeliveryKey]) -> Mapping[DeliveryKey, Delivery]:
        return {key: self.deliveries.items[key] for key in keys if key in self.deliveries.items}

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.now += seconds

    def work_off(self, book: Book, seconds: float = 240.0) -> int:
        log = fakes.RecordingLog()
        page = self.trials.page
        work = WorkOff(book, book, lambda job: page, lambda job: None, self.clock, log, sleep=self.sleep)
        return work(stop_at=self.clock.now + seconds)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_done_twice_it_is_one_event_with_one_delivery(stage: Stage) -> None:
    work = a_trial()
    for _ in range(2):
        made = stage.trials.page(work)
        stage.clock.now += 200
    assert (len(stage.events.items), list(stage.deliveries.items)) == (1, [work.key])
    assert made.finished_at is None


def test_it_is_looked_at_after_seconds_then_each_minute_and_when_its_time_is_over(stage: Stage) -> None:
    work, looks = stage.trials.page(a_trial()), list[float]()
    while work.finished_at is None:
        assert work.look_at is not None
        stage.clock.now = work.look_at
        looks.append(stage.clock.now - START)
        work = stage.trials.page(work)
    assert looks == [1, 2, 4, 8, 16, 32, 64, 124, 184, 244, 300]
    assert stage.deliveries.items[work.key].reason == "test_over"


def test_what_a_dispatcher_has_is_left_to_it_beyond_its_time(stage: Stage) -> None:
    work = stage.trials.page(a_trial())
    stage.clock.now = START + WAIT
    stage.deliveries.claim(work.key, 1, Lease("dispatcher", stage.clock.now + 30), stage.clock.now)
    resting = stage.trials.page(work)
    assert (resting.finished_at, resting.outcome) == (None, None)
    assert resting.look_at is not None
    assert resting.look_at > stage.clock.now
    stage.clock.now += 31
    assert stage.trials.page(resting).finished_at == stage.clock.now


def test_who_dies_before_its_end_is_on_record_keeps_nobody_from_it_for_long(stage: Stage) -> None:
    """It failed, and its next try is days off."""
    work = stage.trials.page(a_trial())
    there = stage.deliveries.items[work.key]
    failed = replace(there, attempts=(FAILED,), next_attempt_at=START + 90_000, due_at=START + 90_000)
    stage.deliveries.items[work.key] = failed
    stage.deliveries.faults.before["record"] = [unavailable()]
    with pytest.raises(Unavailable):
        stage.trials.page(work)
    stage.deliveries.faults.before.clear()
    stage.clock.now += 60
    assert stage.trials.page(work).outcome == "failed"


def test_what_was_cancelled_while_a_worker_was_about_to_make_it_is_never_sent(stage: Stage) -> None:
    """And that worker dies before it hears of it."""
    job = Job(a_trial(), "ana", START, due_at=START).taken(START).cancelled("ben", START)
    assert job.may_be_worked_on
    stage.trials.let_go(a_trial(), may_be_made=True)
    stage.trials.page(a_trial())
    (delivery,) = stage.deliveries.items.values()
    assert (delivery.state, delivery.reason, delivery.due_at) == (State.CANCELLED, "test_over", None)
    assert len(stage.events.items) == 1


def test_the_end_of_one_that_a_worker_makes_in_that_moment_is_written_too(stage: Stage) -> None:
    trials = stage.trials
    reads: list[Reads] = [stage.by_key, lambda keys: {}]  # read before it was made
    late = replace(trials, by_key=lambda keys: reads.pop()(keys))
    trials.page(a_trial())
    late.let_go(a_trial(), may_be_made=True)
    assert [one.state for one in stage.deliveries.items.values()] == [State.CANCELLED]


def test_nothing_is_made_of_one_that_nobody_had_or_whose_own_worker_gives_it_up(stage: Stage) -> None:
    queued = Job(a_trial(), "ana", START, due_at=START)
    assert not queued.cancelled("ben", START).may_be_worked_on
    assert not queued.taken(START).may_be_worked_on
    assert queued.taken(START).taken(START + LEASE_SECONDS).may_be_worked_on
    stage.trials.let_go(a_trial(), may_be_made=False)
    stage.trials.let_go(a_trial(made_at=START), may_be_made=True)
    assert (stage.events.items, stage.deliveries.items) == ({}, {})


def test_one_that_waits_for_its_endpoint_is_ended_when_its_time_is_over_and_says_so(stage: Stage) -> None:
    work = stage.trials.page(a_trial())
    there = stage.deliveries.items[work.key]
    stage.deliveries.items[work.key] = replace(there, shelf="wait#acme/sub#0")
    stage.clock.now = START + WAIT
    ended = stage.trials.page(work)
    assert (ended.outcome, ended.reason) == ("not_yet", "parked")
    assert stage.deliveries.items[work.key].shelf is None


def test_one_that_is_gone_is_not_sent(stage: Stage) -> None:
    work = stage.trials.page(a_trial())
    stage.deliveries.items.clear()
    ended = stage.trials.page(work)
    assert (ended.outcome, ended.reason) == ("not_sent", "gone")


def test_one_that_was_cancelled_for_another_reason_is_not_sent_and_says_which(stage: Stage) -> None:
    work = stage.trials.page(a_trial())
    there = stage.deliveries.items[work.key]
    off = replace(there, state=State.CANCELLED, reason="subscription_disabled", due_at=None)
    stage.deliveries.items[work.key] = off
    ended = stage.trials.page(work)
    assert (ended.outcome, ended.reason) == ("not_sent", "subscription_disabled")


def test_a_call_stays_for_looks_that_are_soon_and_leaves_the_others_to_a_later_one(stage: Stage) -> None:
    book = Book(stage.clock)
    job = Job(a_trial(), "ana", START, due_at=START)
    book.save(job)
    assert stage.work_off(book) == 6
    assert stage.slept == [1, 1, 2, 4, 8]
    resting = book.jobs[job.key]
    assert (resting.state, resting.due_at) == (JobState.RUNNING, START + 32)
    assert stage.work_off(book) == 0


def test_a_job_that_the_index_shows_a_moment_after_the_call_is_begun_by_that_call(stage: Stage) -> None:
    book, shown = Book(stage.clock), START + 0.4
    book.save(Job(a_trial(), "ana", START, due_at=START))
    late = replace(book, jobs=book.jobs)
    late.due = lambda now: book.due(now) if now >= shown else iter([])  # type: ignore[method-assign]
    stage.work_off(late, seconds=4.0)
    assert (stage.slept[0], len(stage.deliveries.items)) == (1.0, 1)
    nothing = Book(stage.clock)
    stage.slept.clear()
    assert (stage.work_off(nothing), stage.slept) == (0, [1.0]), "it looks once more, and no longer"


def test_a_job_that_rests_keeps_no_other_waiting(stage: Stage) -> None:
    book = Book(stage.clock)
    for number in range(3):
        work = replace(a_trial(), job_id=f"job{number}")
        book.save(Job(work, "ana", START, due_at=START))
    stage.work_off(book)
    assert sum(stage.slept) == 16, "they rest side by side"
    assert len(stage.deliveries.items) == 3


def test_a_worker_that_died_after_it_was_made_is_followed_by_another(stage: Stage) -> None:
    book = Book(stage.clock)
    job = Job(a_trial(), "ana", START, due_at=START)
    book.save(job)
    book.save(job.taken(START))
    made = stage.trials.page(a_trial())
    attempt = Attempt(1, START, 5, 204, None, "", "")
    there = stage.deliveries.items[made.key]
    stage.deliveries.items[made.key] = replace(there, state=State.DELIVERED, attempts=(attempt,), due_at=None)
    stage.clock.now += LEASE_SECONDS
    stage.work_off(book)
    done = book.jobs[job.key]
    assert isinstance(done.work, TrialJob)
    assert (done.state, done.work.outcome, len(stage.events.items)) == (JobState.DONE, "delivered", 1)


def test_a_body_of_a_job_is_json_and_short() -> None:
    assert job_body("a" * (MAX_BODY - 2)) == '"' + "a" * (MAX_BODY - 2) + '"'
    for wrong in ("a" * (MAX_BODY - 1), "\ud800", float("inf")):
        with pytest.raises(ConfigError, match="data"):
            job_body(wrong)
    assert body_of({"é": 1}) == '{"é": 1}'.encode()
