"""Doorbell's own events about what the tool did, rung with the operator's credentials."""

import time
from uuid import uuid4

from doorbell.domain.errors import DoorbellError
from doorbell.domain.own_events import is_own
from doorbell.domain.own_said import replay_done
from doorbell.domain.replays import ReplayJob
from doorbell.domain.subscriptions import scoped
from doorbell.queues.events import EventsQueueWriter
from doorbell.signatures.vouching import own_event
from doorbell.usecases.ring_itself import RingItself
from doorbell_cli.output import Output
from doorbell_cli.target import Target


def ring_replay_done(out: Output, target: Target, job: ReplayJob) -> None:
    """Once for a job. Who may not ring is told so: the job is done all the same."""
    name = scoped(job.selection.tenant_id, job.selection.subscription_id)
    if is_own(name):
        return
    queue = EventsQueueWriter(target.client("sqs"), target.queue_url("Events"))
    ring = RingItself(own_event, queue, time.time, lambda: uuid4().hex)
    try:
        ring(replay_done(name, job.created, job.job_id, time.time()), f"replay/{job.job_id}")
    except DoorbellError as error:
        out.note(f"Nobody was told that the replay is written: {error}")
