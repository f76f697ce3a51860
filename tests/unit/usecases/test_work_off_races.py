"""Jobs that two are at, that an index shows late, or whose worker a service fails: nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest

from doorbell.domain.errors import Refusal, Unavailable
from doorbell.domain.jobs import KEPT_SECONDS, LEASE_SECONDS, TRIES, Job, JobKey, JobState
from doorbell.domain.replays import ReplayJob
from doorbell.usecases.jobs import CANCEL_TRIES
from doorbell.usecases.work_off import PAGES
from tests.support.fakes import START, FakeClock, unavailable
from tests.unit.usecases.test_work_off import KEY, Book, a_job, desk


@dataclass
class Racing(Book):
    """A book in which the index lags (`shows`), loads fail (`fails`), and somebody else is faster at so many
    writes (`lost`), or cancels while a page is done (`cancels`)
    or just after the job was read (`cancels_behind`)."""

    shows: list[JobKey] = field(default_factory=list)
    fails: set[str] = field(default_factory=set)
    lost: int = 0
    cancels: Callable[[Job], Job] | None = None
    cancels_behind: bool = False

    def due(self, now: float) -> Iterator[JobKey]:
        return iter([*dict.fromkeys([*self.shows, *super().due(now)])])

    def load(self, key: JobKey) -> Job | None:
        if key.job_id in self.fails:
            raise unavailable()
        there = super().load(key)
        if self.cancels_behind and there is not None and there.state is JobState.RUNNING:
            self.jobs[key], self.cancels_behind = there.cancelled("ben", START), False
        return there

    def save(self, job: Job) -> bool:
        if self.lost:
            self.lost -= 1
            return False
        return super().save(job)

    def _step(self, work: ReplayJob) -> ReplayJob:
        done = super()._step(work)
        if self.cancels is not None:
            self.jobs[KEY], self.cancels = self.cancels(self.jobs[KEY]), None
        return done


@pytest.fixture
def book() -> Racing:
    made = Racing(FakeClock())
    made.save(a_job())
    return made


def test_a_job_that_the_index_still_shows_while_another_has_it_is_left_to_that_one(book: Racing) -> None:
    book.jobs[KEY], book.shows = a_job().taken(START), [KEY]
    assert (book.work_off(), book.worked) == (0, [])
    book.shows = [JobKey("acme", "gone")]
    assert book.work_off() == 0


def test_who_loses_the_race_for_a_job_does_none_of_it(book: Racing) -> None:
    book.lost = 1
    assert (book.work_off(), book.worked) == (0, [])
    assert book.jobs[KEY] == a_job()


def test_one_job_that_cannot_be_read_keeps_no_other_waiting(book: Racing) -> None:
    book.save(a_job("job2"))
    book.fails = {"job1"}
    assert book.work_off() == 1
    assert (book.worked, book.jobs[KEY].state) == (["job2"] * 3, JobState.QUEUED)


def test_a_job_that_is_cancelled_while_a_page_is_done_has_that_page_on_record_and_no_other(
    book: Racing,
) -> None:
    book.cancels = lambda there: there.cancelled("ben", START)
    book.work_off()
    job = book.jobs[KEY]
    assert (job.state, job.ended_by, job.replay.created) == (JobState.CANCELLED, "ben", 1)
    assert (book.worked, book.told, book.let) == (["job1"], [], [JobState.CANCELLED])


def test_a_page_of_a_worker_whose_follower_did_none_is_on_record_too_when_the_job_is_cancelled(
    book: Racing,
) -> None:
    """It was so slow that another took the job, which stopped before its page; then it was cancelled."""

    def meanwhile(there: Job) -> Job:
        again = there.taken(book.clock.now + LEASE_SECONDS)
        return again.put_back(again.due_at or 0.0).cancelled("ben", book.clock.now)

    book.cancels = meanwhile
    book.work_off()
    assert (book.jobs[KEY].state, book.jobs[KEY].replay.created) == (JobState.CANCELLED, 1)


def test_a_page_of_a_slow_worker_is_on_record_though_another_took_the_job_and_did_none(book: Racing) -> None:
    book.cancels = lambda there: there.taken(book.clock.now + LEASE_SECONDS)
    book.work_off()
    job = book.jobs[KEY]
    assert (job.state, job.replay.created, job.version) == (JobState.RUNNING, 1, 4)
    desk(book).cancel(KEY, "ben")
    assert book.jobs[KEY].replay.created == 1


def test_the_count_is_written_though_the_job_is_cancelled_in_that_moment(book: Racing) -> None:
    book.cancels = lambda there: there.taken(book.clock.now + LEASE_SECONDS)
    book.cancels_behind = True
    book.work_off()
    assert (book.jobs[KEY].state, book.jobs[KEY].replay.created) == (JobState.CANCELLED, 1)


def test_who_cannot_write_that_it_failed_ends_nothing_that_another_may_go_on_with(book: Racing) -> None:
    def taken(work: ReplayJob) -> ReplayJob:
        book.jobs[KEY] = book.jobs[KEY].taken(START + LEASE_SECONDS)
        raise Refusal(409, "subscription_disabled", "sub is disabled")

    book.step_for = lambda job: taken  # type: ignore[method-assign]
    book.work_off()
    assert (book.jobs[KEY].state, book.let) == (JobState.RUNNING, [])


def test_a_job_that_was_given_up_meanwhile_stays_as_it_ended(book: Racing) -> None:
    book.cancels = lambda there: there.failed("given up", START)
    book.work_off()
    assert (book.jobs[KEY].state, book.jobs[KEY].replay.created) == (JobState.FAILED, 0)


def test_a_page_that_another_has_counted_is_not_counted_twice(book: Racing) -> None:
    def meanwhile(there: Job) -> Job:
        counted = replace(there.replay, position=2, created=2, cursor={"at": "there"})
        return there.taken(book.clock.now + LEASE_SECONDS).moved(counted, START).cancelled("ben", START)

    book.cancels = meanwhile
    book.work_off()
    assert book.jobs[KEY].replay.created == 2


def test_a_long_job_gets_on_slice_by_slice_and_is_never_given_up(book: Racing) -> None:
    book.pages = PAGES * (TRIES + 2)
    book.work_off(seconds=1e6)
    assert (book.jobs[KEY].state, len(book.worked)) == (JobState.DONE, book.pages)


def test_a_job_is_due_at_once_and_kept_for_a_month(book: Racing) -> None:
    job = desk(book).replay(a_job().work.selection, None, "ana")
    assert job.is_due(book.clock.now)
    assert job.expires_at == int(START) + KEPT_SECONDS


def test_who_cancels_is_told_where_the_job_moves_on_too_fast_and_nothing_is_cancelled(book: Racing) -> None:
    book.lost = CANCEL_TRIES
    with pytest.raises(Refusal, match="job_taken"):
        desk(book).cancel(KEY, "ben")
    assert book.jobs[KEY] == a_job()
    book.lost = CANCEL_TRIES - 1
    assert desk(book).cancel(KEY, "ben").state is JobState.CANCELLED


def test_slots_that_went_by_while_nobody_worked_on_it_are_not_made_up_for() -> None:
    begun = replace(a_job(), work=replace(a_job().replay, position=30))
    assert begun.taken(START + 3600).replay.slot(0) == START + 3600
    assert begun.taken(START + 1).replay.slot(0) == START + 3, "nor is it faster than was asked for"


def test_what_a_service_does_not_answer_is_tried_at_its_time_and_the_error_is_told(book: Racing) -> None:
    book.meets = Unavailable("dynamodb", "Query", "Throttled")
    book.work_off()
    book.meets, before = None, book.jobs[KEY].due_at
    assert before is not None
    assert book.work_off() == 0, "not before its time"
    book.clock.now = before
    assert book.work_off() == 1
    assert book.jobs[KEY].state is JobState.DONE
