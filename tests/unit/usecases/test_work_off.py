"""Jobs worked off: a slice of each in turn, while there is time; what cannot be done ends, and says why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest

from doorbell.domain.errors import ConfigError, Refusal, Unavailable
from doorbell.domain.jobs import LEASE_SECONDS, RETRY_SECONDS, TRIES, Job, JobKey, JobsPage, JobState
from doorbell.domain.replays import ReplayJob, Selection
from doorbell.usecases.call_jobs import CallJobs
from doorbell.usecases.jobs import JobDesk
from doorbell.usecases.ports_of_jobs import Step
from doorbell.usecases.work_off import PAGES, WorkOff
from tests.support import fakes
from tests.support.builders import a_subscription
from tests.support.fakes import START, FakeClock

SELECTION = Selection("acme", "sub", START - 3600, START)
KEY = JobKey("acme", "job1")


def a_job(job_id: str = "job1", **changes: object) -> Job:
    job = Job(ReplayJob(job_id, SELECTION, 10.0, started_at=START), "ana", START, due_at=START)
    return replace(job, **changes)  # type: ignore[arg-type]


@dataclass
class Book:
    """Jobs on record, and `pages` of work in each. A page takes `seconds`, `meets` something, or is done."""

    clock: FakeClock
    pages: int = 3
    seconds: float = 1.0
    meets: Exception | None = None
    jobs: dict[JobKey, Job] = field(default_factory=dict)
    worked: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    let: list[JobState] = field(default_factory=list)

    def load(self, key: JobKey) -> Job | None:
        return self.jobs.get(key)

    def save(self, job: Job) -> bool:
        there = self.jobs.get(job.key)
        if job.version != (1 if there is None else there.version + 1):
            return False
        self.jobs[job.key] = job
        return True

    def page(self, tenant_id: str, after: tuple[float, str] | None, limit: int) -> JobsPage:
        raise NotImplementedError

    def due(self, now: float) -> Iterator[JobKey]:
        return iter([key for key, job in self.jobs.items() if job.is_due(now)])

    def any_due(self, now: float) -> bool:
        return any(self.due(now))

    def step_for(self, job: Job) -> Step:
        return self._step

    def _step(self, work: ReplayJob) -> ReplayJob:
        self.worked.append(work.job_id)
        if self.meets is not None:
            raise self.meets
        self.clock.now += self.seconds
        done = work.position + 1
        end = self.clock.now if done >= self.pages else None
        return replace(work, position=done, created=done, finished_at=end)

    def let_go(self, job: Job) -> None:
        self.let.append(job.state)

    def work_off(self, seconds: float = 240.0) -> int:
        work = WorkOff(
            self, self, self.step_for, lambda job: self.told.append(job.work.job_id), self.clock,
            fakes.RecordingLog(), let_go=self.let_go,
        )  # fmt: skip
        return work(stop_at=self.clock.now + seconds)


@pytest.fixture
def book() -> Book:
    made = Book(FakeClock())
    made.save(a_job())
    return made


def test_a_job_is_done_page_by_page_and_told_of_once(book: Book) -> None:
    assert book.work_off() == 1
    job = book.jobs[KEY]
    assert (job.state, job.replay.created, job.due_at) == (JobState.DONE, 3, None)
    assert (book.told, job.ended_at) == (["job1"], START + 3)


def test_no_page_is_begun_when_time_is_over_and_the_next_worker_goes_on_there(book: Book) -> None:
    book.seconds, book.pages = 10.0, 5
    book.work_off(seconds=25)
    job = book.jobs[KEY]
    assert (job.state, job.replay.created) == (JobState.RUNNING, 3)
    assert job.is_due(book.clock.now)
    book.work_off()
    assert (book.jobs[KEY].state, len(book.worked)) == (JobState.DONE, 5)


def test_a_long_job_does_not_keep_a_short_one_waiting(book: Book) -> None:
    book.pages = 2 * PAGES
    book.save(a_job("job2"))
    assert book.work_off() == 4
    assert book.worked == [name for name in ("job1", "job2") * 2 for _ in range(PAGES)]


def test_a_job_that_another_has_is_left_until_its_lease_is_over(book: Book) -> None:
    book.save(a_job().taken(START))
    assert (book.work_off(), book.worked) == (0, [])
    book.clock.now += LEASE_SECONDS
    assert book.work_off() == 1
    assert book.jobs[KEY].state is JobState.DONE


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (Refusal(409, "subscription_disabled", "sub is disabled"), "sub is disabled"),
        (ConfigError("subscription acme/sub", "url", "is no URL"), "subscription acme/sub: url: is no URL"),
    ],
)
def test_what_cannot_be_done_ends_and_says_why(book: Book, error: Exception, says: str) -> None:
    book.meets = error
    book.work_off()
    job = book.jobs[KEY]
    assert (job.state, job.problem, job.due_at, job.ended_at) == (JobState.FAILED, says, None, START)
    assert len(book.let) == 1, "what it has begun is ended"


def test_where_a_service_does_not_answer_it_is_tried_later_less_often_and_given_up_in_the_end(
    book: Book,
) -> None:
    book.meets, waits = Unavailable("dynamodb", "Query", "Throttled"), []
    for _ in range(TRIES):
        assert book.work_off() == 1
        due_at = book.jobs[KEY].due_at
        assert due_at is not None
        waits.append(due_at - book.clock.now)
        book.clock.now = due_at
    assert waits[:5] == [RETRY_SECONDS * 2**n for n in range(4)] + [900.0]
    assert book.work_off() == 0
    assert (book.jobs[KEY].state, len(book.worked)) == (JobState.FAILED, TRIES)
    assert "given up" in book.jobs[KEY].problem


def test_a_job_that_got_on_is_given_all_its_tries_again(book: Book) -> None:
    book.jobs[KEY], book.pages = replace(a_job(), tries=TRIES - 1), 1
    book.work_off()
    assert (book.jobs[KEY].state, book.jobs[KEY].tries) == (JobState.DONE, 0)


def desk(book: Book, subscription: Callable[[], object] = a_subscription) -> JobDesk:
    return JobDesk(
        book, lambda *_: subscription(), book.clock, lambda: "job3", fakes.RecordingLog(),  # type: ignore[arg-type]
        let_go=book.let_go,
    )  # fmt: skip


def test_the_rate_is_ten_a_second_or_what_the_subscription_takes_where_that_is_less(book: Book) -> None:
    assert desk(book).replay(SELECTION, None, "ana").replay.per_second == 10.0
    slow = desk(Book(book.clock), lambda: a_subscription(rate_limit_per_second=2.0))
    assert slow.replay(SELECTION, None, "ana").replay.per_second == 2.0
    assert slow.show(JobKey("acme", "job3")).by == "ana"


def test_no_job_is_made_for_a_subscription_that_is_off_or_not_there(book: Book) -> None:
    for found, code in ((a_subscription(enabled=False), "subscription_disabled"), (None, "unknown")):
        with pytest.raises(Refusal, match=code):
            desk(book, lambda found=found: found).replay(SELECTION, None, "ana")  # type: ignore[misc]
    assert set(book.jobs) == {KEY}


def test_a_cancelled_job_is_worked_on_no_more_and_one_that_is_done_stays_done(book: Book) -> None:
    cancelled = desk(book).cancel(KEY, "ben")
    assert (cancelled.state, cancelled.ended_by, cancelled.due_at) == (JobState.CANCELLED, "ben", None)
    assert desk(book).cancel(KEY, "ada") == cancelled
    assert book.let == [JobState.CANCELLED] * 2, "again: perhaps it could not be ended the first time"
    assert (book.work_off(), book.worked) == (0, [])
    book.jobs[KEY] = a_job()
    book.work_off()
    with pytest.raises(Refusal, match="job_ended"):
        desk(book).cancel(KEY, "ben")
    with pytest.raises(Refusal, match="unknown_job"):
        desk(book).cancel(JobKey("other", "job1"), "ben")


def test_the_function_is_called_where_a_job_is_due_and_else_nothing_is() -> None:
    book, calls = Book(FakeClock()), list[str]()
    is_due = book.any_due
    call = CallJobs(is_due, lambda: calls.append("called"), book.clock, fakes.RecordingLog())
    call()
    assert calls == []
    book.save(a_job())
    call()
    assert calls == ["called"]


def test_deliveries_are_swept_though_jobs_cannot_be_called() -> None:
    def refuse() -> None:
        raise Unavailable("lambda", "Invoke", "TooManyRequestsException")

    book, log = Book(FakeClock()), fakes.RecordingLog()
    book.save(a_job())
    CallJobs(book.any_due, refuse, book.clock, log)()
    assert [line[1] for line in log.lines] == ["jobs_not_called"]
