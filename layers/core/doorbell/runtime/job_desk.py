"""The composition of the desk at which jobs are asked for."""

import time
from functools import partial

from doorbell.queues.function_call import FunctionCall
from doorbell.runtime.configuring import endpoints
from doorbell.runtime.outbound import subscriptions
from doorbell.runtime.trying import let_go
from doorbell.runtime.wiring import client, log, new_id, settings
from doorbell.store.events.jobs import JobTable
from doorbell.usecases.jobs import JobDesk


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
