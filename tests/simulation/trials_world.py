"""A history of jobs among which are tests: one event and one delivery each, sent by a dispatcher that comes
late or never, whose subscriber answers well, badly or not at all.

As `jobs_world`, with everything that is held there. Beside it, of tests:

- A job makes one event and one delivery of it, whoever makes it again, and nothing for anybody else.
- Nothing is made for a job that was cancelled or has ended, but by a worker that had it before.
- At rest each is done or cancelled, and nothing of it is under way: what was not delivered is tried no more,
  however long it is waited for, and whoever dies; only where who cancelled it could not end it may one that
  was cancelled go on as any other does.
- What a job that is done says is what became of its delivery.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from doorbell.aws_errors import translated
from doorbell.domain.claims import DeliveryMessage, Won
from doorbell.domain.deliveries import Attempt, Delivery, DeliveryKey, Lease, State
from doorbell.domain.jobs import Job, JobKey, JobState
from doorbell.domain.replays import Selection
from doorbell.domain.trial_jobs import Outcome, TrialJob
from doorbell.domain.trials import TEST_OVER
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.store.deliveries.delivery_items import delivery_from
from doorbell.store.deliveries.delivery_reads import DeliveryReads
from doorbell.store.dynamodb.tables import unmarshal
from doorbell.store.events.events import EventTable
from doorbell.usecases.ports_of_jobs import Step
from doorbell.usecases.trial import Trials
from tests.simulation.jobs_world import NAME, SHARDS, JobsWorld
from tests.simulation.loop import Violation
from tests.support.fakes_dynamo import DynamoClient, Key
from tests.support.fakes_expressions import Item

KEPT, GRACE, LEASE = 30 * 86_400.0, 900.0, 30.0


class Trial(NamedTuple):
    job: Job
    work: TrialJob


class TrialsWorld(JobsWorld):
    def __init__(self, seed: int, steps: int = 60) -> None:
        super().__init__(seed, steps)
        self.queue: list[DeliveryMessage] = []
        self.events: dict[str, int] = Counter()
        self.sent: dict[str, int] = Counter()
        self.seen = Counter[str]()
        self.held = set[JobKey]()
        self.let = set[DeliveryKey]()
        client, numbers = DynamoClient(self.tables, self._call), iter(range(10_000))
        self.deliveries = DeliveryTable(client, "events", SHARDS)
        self.trials = Trials(
            EventTable(client, "events"),
            self.deliveries,
            partial(DeliveryReads(client, "events").by_key, fresh=True),
            _Queue(self),
            self.clock,
            lambda: f"lease {next(numbers)}",
            GRACE,
            KEPT,
        )
        self.worker = replace(self.worker, let_go=self._let_go, sleep=self._sleep)
        self.desk = replace(self.desk, let_go=self._let_go)

    def _ask(self, tenant: str) -> None:
        if self.rng.random() < 0.3:
            super()._ask(tenant)
            return
        until = self.now + self.rng.choice([30.0, 300.0])
        self.desk.trial(Selection(tenant, NAME, self.now, until, ()), "a.b", "{}", "someone")

    def _something(self) -> None:
        what = self.rng.random()
        if what < 0.3:
            self._guarded(self._dispatch)
        elif what < 0.37:
            self._guarded(self._cancel_open)
        else:
            super()._something()

    def _cancel_open(self) -> None:
        is_open = [one.job.key for one in self.trials_asked() if not one.job.state.ended]
        if is_open:
            self.desk.cancel(self.rng.choice(is_open), "whoever asked")

    def _step_for(self, job: Job) -> Step:
        return self.trials.page if isinstance(job.work, TrialJob) else super()._step_for(job)

    def _let_go(self, job: Job) -> None:
        if isinstance(job.work, TrialJob):
            self.trials.let_go(job.work, may_be_made=job.may_be_worked_on)
            self.let.add(job.work.key)

    def _sleep(self, seconds: float) -> None:
        if not self.calm and self.rng.random() < 0.5:
            self._guarded(self._dispatch)
        self.now += seconds

    def _dispatch(self) -> None:
        """A message, or what is due anyhow: a sweeper's."""
        if self.queue and self.rng.random() < 0.7:
            message = self.queue.pop(self.rng.randrange(len(self.queue)))
            self._attempt(message.key, message.attempt)
            return
        due = [one for one in self._on_record() if one.due_at is not None and one.due_at <= self.now]
        if due:
            one = self.rng.choice(due)
            self._attempt(one.key, one.next_attempt)

    def _attempt(self, key: DeliveryKey, number: int) -> None:
        lease = Lease(f"dispatcher {self.rng.random()}", self.now + LEASE)
        claim = self.deliveries.claim(key, number, lease, self.now)
        if isinstance(claim, Won):
            self._check_sent(key)
            if self.rng.random() < 0.1:
                self.now += self.rng.choice([5.0, 40.0])
            self._record(claim.delivery, self.rng.choice([204, 500, None]))

    def _check_sent(self, key: DeliveryKey) -> None:
        """The first send for one that was cancelled: only while a worker is about to see that, or died."""
        (job,) = [one.job for one in self.trials_asked() if one.work.key == key]
        is_first = self.sent[key.event_id] == 0
        if is_first and job.state is JobState.CANCELLED and self._depth == 1 and not self.struck:
            raise Violation(f"{job.key} was cancelled, and is sent")
        self.sent[key.event_id] += 1

    def _record(self, claimed: Delivery, status: int | None) -> None:
        error = "timeout" if status is None else None
        attempt = Attempt(claimed.next_attempt, self.now, 5, status, error, "", "")
        tried = replace(claimed, attempts=(*claimed.attempts, attempt), lease=None)
        if attempt.is_success:
            after = replace(tried, state=State.DELIVERED, due_at=None, ended_at=self.now)
        else:
            later = self.now + self.rng.choice([5.0, 600.0])
            after = replace(tried, next_attempt_at=later, due_at=later)
        assert claimed.lease is not None
        if not self.deliveries.record(claimed, attempt, after) and self.now < claimed.lease.until:
            raise Violation(f"{claimed.key} was sent, and that is not on record")

    def _written(self, table: str, key: Key, before: Item | None, after: Item | None) -> None:
        super()._written(table, key, before, after)
        event_id, sk = key
        jobs = {one.work.key.event_id: one.job for one in self.trials_asked()}
        if (event_id not in jobs and sk != "event") or (before is not None and sk != "event"):
            return
        if event_id not in jobs or sk not in ("event", f"delivery#{NAME}"):
            raise Violation(f"nobody asked for {event_id} {sk}")
        self.events[f"{event_id} {sk}"] += 1
        if self.events[f"{event_id} {sk}"] > 1:
            raise Violation(f"{event_id} {sk} is made twice")
        job = jobs[event_id]
        if (
            DeliveryKey(event_id, NAME) in self.let
            and unmarshal(after or {}).get("state") == State.PENDING.value
        ):
            raise Violation(f"{sk} is made for {job.key}, and whoever called it off is gone")
        if job.state.ended and job.key not in self.held:
            raise Violation(f"{sk} is made for {job.key}, which is {job.state}")

    def _job_written(self, key: JobKey, new: Job) -> None:
        old = self.jobs.get(key)
        if new.state.ended and old is not None and old.state is JobState.RUNNING and old.rests_until is None:
            self.held.add(key)
        super()._job_written(key, new)

    def trials_asked(self) -> list[Trial]:
        return [Trial(job, job.work) for job in self.jobs.values() if isinstance(job.work, TrialJob)]

    def _on_record(self) -> list[Delivery]:
        keys = {one.work.key.event_id for one in self.trials_asked()}
        rows = [unmarshal(row) for row in self.tables.rows("events")]
        return [delivery_from(row) for row in rows if row["event_id"] in keys and row["sk"] != "event"]

    def _at_rest(self) -> None:
        super()._at_rest()
        there = {one.key: one for one in self._on_record()}
        for one in self.trials_asked():
            self._trial_at_rest(one.job, one.work, there.get(one.work.key))

    def _trial_at_rest(self, job: Job, work: TrialJob, delivery: Delivery | None) -> None:
        if job.state not in (JobState.DONE, JobState.CANCELLED):
            raise Violation(f"{job.key} is {job.state} at rest: {job.problem}")
        goes_on = delivery is not None and not delivery.state.terminal
        if goes_on and (job.state is JobState.DONE or not self._may_go_on(delivery)):
            raise Violation(f"{job.key} is {job.state}, and its delivery goes on")
        if job.state is JobState.DONE:
            if delivery is None:
                raise Violation(f"{job.key} is done, and nothing was made")
            self.seen[str(work.outcome)] += 1
            said, was = work.outcome, _outcome(delivery)
            if said is not was or work.attempt != (delivery.attempts or (None,))[-1]:
                raise Violation(f"{job.key} says {said}, and it was {was}")

    def _may_go_on(self, delivery: Delivery | None) -> bool:
        """One that was cancelled: where who cancelled got no further than that, or a dispatcher had it at
        that moment."""
        assert delivery is not None
        could_not = self.struck and delivery.key not in self.let
        return could_not or delivery.attempts_made > 0 or delivery.lease is not None


def _outcome(delivery: Delivery) -> Outcome:
    """Told apart by what is on record, not as the job does."""
    if delivery.state is State.DELIVERED:
        return Outcome.DELIVERED
    assert delivery.reason == TEST_OVER
    return Outcome.FAILED if delivery.attempts_made else Outcome.NOT_YET


class _Queue:
    def __init__(self, world: TrialsWorld) -> None:
        self._world = world

    def send(self, messages: Iterable[tuple[DeliveryMessage, int]]) -> None:
        """At least once."""
        asked = [message for message, _ in messages]

        def effect() -> None:
            times: Any = self._world.rng.choice([1, 1, 2])
            self._world.queue.extend(asked * times)

        with translated("sqs", "SendMessageBatch"):
            self._world._call("sqs", "SendMessageBatch", "deliveries", effect)

    def wake(self, calls: Any) -> None:
        raise NotImplementedError
