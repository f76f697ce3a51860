"""Ask for a job, look at it, call it off."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from doorbell.domain.errors import Refusal, Unavailable
from doorbell.domain.failures import in_words
from doorbell.domain.health import Health
from doorbell.domain.jobs import Job, JobKey, JobsPage, Work
from doorbell.domain.previews import FIELDS, PreviewJob, Rule
from doorbell.domain.replays import ReplayJob, Selection
from doorbell.domain.subscriptions import Subscription
from doorbell.domain.trial_jobs import TrialJob
from doorbell.domain.trials import WhyNot, why_not
from doorbell.domain.unknown_jobs import UnknownJob
from doorbell.usecases.ports import Clock, Ids, Log
from doorbell.usecases.ports_of_jobs import Jobs

DEFAULT_PER_SECOND = 10.0
CANCEL_TRIES = 10
"""A job is written once a page; between a read and a write there is rarely one."""


@dataclass(frozen=True, slots=True)
class JobDesk:
    """`health`: of an endpoint. `begin`: call what works jobs off; nobody waits for it, and the sweeper calls
    within a minute. `let_go`: as in `WorkOff`."""

    jobs: Jobs
    subscription: Callable[[str, str], Subscription | None]
    clock: Clock
    ids: Ids
    log: Log
    health: Callable[[str], Health] = lambda endpoint_id: Health()
    begin: Callable[[], None] = lambda: None
    let_go: Callable[[Job], None] = lambda job: None

    def replay(self, selection: Selection, per_second: float | None, by: str) -> Job:
        """Refuses (404) a subscription that is not there and (409) one that is off, whose replays would be
        cancelled. Raises `ConfigError` for a broken one."""
        subscription = enabled(self.subscription, selection)
        rate = per_second or default_rate(subscription)
        return self.ask(ReplayJob(self.ids(), selection, rate, started_at=self.clock()), by)

    def preview(self, selection: Selection, changed: Mapping[str, Any], by: str) -> Job:
        """`changed`: fields of `Rule`, sound ones; what is not among them is as the subscription has it now.
        One that is not there is tried as a new one. Raises `ConfigError` for a broken one that is asked."""
        key, whole = (selection.tenant_id, selection.subscription_id), set(FIELDS) <= set(changed)
        rule = Rule.of(None if whole else self.subscription(*key), changed)
        return self.ask(PreviewJob(self.ids(), selection, rule), by)

    def trial(self, selection: Selection, event_type: str, body: str, by: str) -> Job:
        """A test event, whose outcome is waited for until `selection` ends. Refuses (404) a subscription that
        is not there and (409) one that gets nothing now: disabled, paused, its endpoint parked. Raises
        `ConfigError` for a broken one."""
        subscription = unpaused(enabled(self.subscription, selection))
        health = self.health(subscription.endpoint_id)
        if why_not(subscription, health, self.clock()) is WhyNot.PARKED:
            said = f"the endpoint of {selection.subscription_id} is parked after {in_words(health.failures)}"
            raise Refusal(409, WhyNot.PARKED.value, f"{said}; reset it, or wait until it is tried again")
        job = self.ask(TrialJob(self.ids(), selection, event_type, body), by)
        self.begin_now()
        return job

    def begin_now(self) -> None:
        """Where that fails, the sweeper calls."""
        try:
            self.begin()
        except Unavailable as error:
            self.log.error("jobs_not_called", operation=error.operation, cause=error.cause)

    def ask(self, work: Work, by: str) -> Job:
        now = self.clock()
        job = Job(work, by, now, due_at=now)
        if not self.jobs.save(job):
            raise Unavailable("dynamodb", "PutItem", "an id was given twice")
        self.log.info("job_asked_for", job_id=work.job_id, by=by)
        return job

    def show(self, key: JobKey) -> Job:
        """Refuses (404) one that is not there, or no longer kept."""
        job = self.jobs.load(key)
        if job is None:
            raise Refusal(404, "unknown_job", f"there is no job {key.job_id}")
        return job

    def page(self, tenant_id: str, after: tuple[float, str] | None, limit: int) -> JobsPage:
        return self.jobs.page(tenant_id, after, limit)

    def cancel(self, key: JobKey, by: str) -> Job:
        """It is worked on no more, but for a page that somebody is at; what was made stays, and a test is not
        tried again. One that was cancelled before stays as it is. Refuses (409) one that has ended otherwise,
        and one that only a newer release can read."""
        for _ in range(CANCEL_TRIES):
            job = self.show(key)
            refuse_newer(job)
            if job.ended_by:
                self.let_go(job)  # perhaps it could not be when it was cancelled
                return job
            if job.state.ended:
                raise Refusal(409, "job_ended", f"the job is {job.state.value} already")
            cancelled = job.cancelled(by, self.clock())
            if self.jobs.save(cancelled):
                self.log.info("job_cancelled", job_id=key.job_id, by=by)
                self.let_go(cancelled)
                return cancelled
        raise Refusal(409, "job_taken", "the job moves on too fast; ask again")


def refuse_newer(job: Job) -> None:
    """Refuses (409) one that only a newer release can read."""
    if isinstance(job.work, UnknownJob):
        raise Refusal(409, "unknown_kind", f"{job.problem} Deploy the newer release to call it off")


def enabled(subscription_of: Callable[[str, str], Subscription | None], selection: Selection) -> Subscription:
    """Refuses (404) one that is not there and (409) one that is off."""
    subscription = subscription_of(selection.tenant_id, selection.subscription_id)
    if subscription is None:
        raise Refusal(404, "unknown_subscription", f"there is no subscription {selection.subscription_id}")
    if not subscription.enabled:
        raise Refusal(
            409, "subscription_disabled", f"{selection.subscription_id} is disabled; enable it first"
        )
    return subscription


def unpaused(subscription: Subscription) -> Subscription:
    """Refuses (409) one that is paused: what it gets waits."""
    if subscription.paused:
        name = subscription.subscription_id
        raise Refusal(409, WhyNot.PAUSED.value, f"{name} is paused; resume it first")
    return subscription


def default_rate(subscription: Subscription) -> float:
    """Deliveries a second, where nobody says how many: no more than the subscription takes."""
    return min(DEFAULT_PER_SECOND, subscription.rate_limit_per_second or DEFAULT_PER_SECOND)
