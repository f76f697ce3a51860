"""The composition of test events."""

import time
from functools import partial

from doorbell.domain.jobs import Job
from doorbell.domain.trial_jobs import TrialJob
from doorbell.runtime.outbound import SECONDS_PER_DAY, deliveries, deliveries_queue, events
from doorbell.runtime.wiring import client, new_id, settings
from doorbell.store.deliveries.delivery_reads import DeliveryReads
from doorbell.usecases.trial import Trials


def trials() -> Trials:
    reads = DeliveryReads(client("dynamodb"), settings().events_table)
    return Trials(
        events=events(),
        deliveries=deliveries(),
        by_key=partial(reads.by_key, fresh=True),
        queue=deliveries_queue(),
        clock=time.time,
        ids=new_id,
        grace=settings().grace_seconds,
        kept=float(settings().retention_days * SECONDS_PER_DAY),
    )


def let_go(job: Job) -> None:
    """Of a test that was called off: it is not tried again."""
    if isinstance(job.work, TrialJob):
        trials().let_go(job.work, may_be_made=job.may_be_worked_on)
