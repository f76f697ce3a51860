"""The composition of jobs: what works them off."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial

from doorbell.domain.errors import Unavailable
from doorbell.domain.jobs import Job
from doorbell.domain.own_events import REPLAYED, is_own
from doorbell.domain.own_said import replay_done
from doorbell.domain.previews import PreviewJob
from doorbell.domain.purges import PurgeJob
from doorbell.domain.records import StoredEvent
from doorbell.domain.replays import ReplayJob
from doorbell.domain.reserved import TEST_SOURCE
from doorbell.domain.subscriptions import Subscription, scoped
from doorbell.domain.trial_jobs import TrialJob
from doorbell.payloads.filters import Filters
from doorbell.payloads.transform import transformed
from doorbell.runtime.outbound import bodies, events, subscriptions
from doorbell.runtime.trying import let_go, trials
from doorbell.runtime.wiring import client, log, notice_lost, settings
from doorbell.store.deliveries.undelivered import UndeliveredIndex
from doorbell.store.events.event_log import EventLog
from doorbell.store.events.jobs import DueJobIndex, JobTable
from doorbell.store.events.replay_jobs import ReplayTable
from doorbell.usecases.jobs import enabled, unpaused
from doorbell.usecases.ports_of_jobs import Step
from doorbell.usecases.preview import Preview
from doorbell.usecases.replay_many import MissedLog, ReplayMany
from doorbell.usecases.work_off import WorkOff
from doorbell.usecases.would_match import WouldMatch

SIDE_BY_SIDE = 8


def work_off() -> WorkOff:
    table = settings().events_table
    return WorkOff(
        jobs=JobTable(client("dynamodb"), table, time.time),
        index=DueJobIndex(client("dynamodb"), table),
        step_for=_step_for,
        tell=_tell,
        clock=time.time,
        log=log(),
        let_go=let_go,
        sleep=time.sleep,
    )


def _step_for(job: Job) -> Step:
    """A replay's subscription as it is now: who has just mended its filter must not wait. A test's is asked
    before its event is made; after that its delivery tells."""
    if isinstance(job.work, PreviewJob):
        return _preview().page
    if isinstance(job.work, PurgeJob):
        from doorbell.runtime.purging import purge_for  # of what all stacks are without, unless they ask

        return purge_for(job.work).page
    if isinstance(job.work, TrialJob) and job.work.made_at is not None:
        return trials().page
    subscription = enabled(partial(subscriptions().get, fresh=True), job.work.selection)
    if isinstance(job.work, TrialJob):
        unpaused(subscription)
        return trials().page
    missed = _would_match(subscription) if job.work.selection.would_match else _undelivered()
    return ReplayMany(missed, _replays(), time.time).page


def _preview() -> Preview:
    return Preview(
        log=EventLog(client("dynamodb"), settings().events_table),
        events=_read,
        bodies=bodies(),
        passes=lambda *asked: Filters().passes(*asked),  # none keeps the event of another
        transform=transformed,
        clock=time.time,
        ignores=TEST_SOURCE,
    )


def _undelivered() -> MissedLog:
    return UndeliveredIndex(client("dynamodb"), settings().events_table)


def _would_match(subscription: Subscription) -> MissedLog:
    return WouldMatch(
        subscription=subscription,
        log=EventLog(client("dynamodb"), settings().events_table),
        events=_read,
        bodies=bodies(),
        filters=Filters(),
        clock=time.time,
        ignores=TEST_SOURCE,
    )


@cache
def _replays() -> ReplayTable:
    return ReplayTable(client("dynamodb"), settings().events_table, settings().due_shards)


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(SIDE_BY_SIDE)


def _read(event_ids: Sequence[str]) -> Iterator[StoredEvent]:
    now = time.time()
    found = _pool().map(lambda event_id: events().get(event_id, now), event_ids)
    return (event for event in found if event is not None)


def _tell(job: Job) -> None:
    """As Doorbell's own event, once for a job: told twice it has the same key. A preview, a test and a
    purge have brought back nothing."""
    if not isinstance(job.work, ReplayJob):
        return
    selection = job.work.selection
    name = scoped(selection.tenant_id, selection.subscription_id)
    if is_own(name):
        return
    from doorbell.runtime.own_events import ring  # the verifier: not before there is something to ring

    try:
        done = replay_done(name, job.work.created, job.work.job_id, time.time())
        ring()(done, f"replay/{selection.tenant_id}/{job.work.job_id}")
    except Unavailable as error:
        notice_lost(REPLAYED, str(error))
