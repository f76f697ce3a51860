"""The composition of the desk at which jobs are asked for."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from doorbell.queues.function_call import FunctionCall
from doorbell.runtime.configuring import endpoints
from doorbell.runtime.outbound import subscriptions
from doorbell.runtime.trying import let_go
from doorbell.runtime.wiring import client, log, new_id, settings
from doorbell.store.events.jobs import JobTable
from doorbell.usecases.jobs import JobDesk

if TYPE_CHECKING:
    from doorbell.usecases.ask_to_purge import AskToPurge


def job_desk() -> JobDesk:
    return JobDesk(
        jobs=JobTable(client("dynamodb"), settings().events_table, time.time),
        subscription=partial(subscriptions().get, fresh=True),
        clock=time.time,
        ids=new_id,
        log=log(),
        health=partial(endpoints().health, fresh=True),
        begin=FunctionCall(lambda: client("lambda"), settings().jobs_function),
        let_go=let_go,
    )


def ask_to_purge() -> AskToPurge:
    from doorbell.runtime import purge_desk  # all that can be removed: once in a while

    return purge_desk.ask_to_purge()
