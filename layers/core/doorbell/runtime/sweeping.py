"""The composition of the sweeper."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from doorbell.domain import listening
from doorbell.queues.deliveries import DeliveriesQueueWriter, InTurn
from doorbell.queues.depths import waiting_in
from doorbell.queues.function_call import FunctionCall
from doorbell.runtime.together import calls, sends
from doorbell.runtime.wiring import client, log, metrics, settings
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.store.deliveries.due_index import DueIndexQuery
from doorbell.store.deliveries.due_jobs import AnyDueJob
from doorbell.store.health.wakes import WakeIndex
from doorbell.usecases.call_jobs import CallJobs
from doorbell.usecases.call_wakes import CallWakes
from doorbell.usecases.ports import Metrics
from doorbell.usecases.sweep import Sweep

SIDE_BY_SIDE = 16


def call_wakes() -> CallWakes:
    return CallWakes(
        index=WakeIndex(client("dynamodb"), settings().endpoints_table),
        queue=DeliveriesQueueWriter(client("sqs"), settings().deliveries_queue_url),
        clock=time.time,
        log=log(),
    )


def call_jobs() -> CallJobs:
    return CallJobs(
        is_due=AnyDueJob(client("dynamodb"), settings().events_table),
        call=FunctionCall(lambda: client("lambda"), settings().jobs_function),
        clock=time.time,
        log=log(),
    )


def fly_canaries() -> Callable[[], None]:
    """Loaded where the routing index is on."""
    if not settings().routing_index:
        return lambda: None
    from doorbell.store.routes.canaries import Canaries
    from doorbell.usecases.fly_canaries import FlyCanaries

    return FlyCanaries(Canaries(client("dynamodb"), settings().subscriptions_table), time.time, log())


def end_listeners() -> Callable[[], None]:
    """Loaded at the hour."""
    return lambda: _end_listeners() if listening.is_time_to_look(time.time()) else None


def _end_listeners() -> None:
    from doorbell.queues.of_listeners import ListenersQueues
    from doorbell.store.configuration.of_listeners import ListenersSubscriptions
    from doorbell.store.health.listeners import ListenerTable
    from doorbell.usecases.end_listeners import EndListeners

    end = EndListeners(
        listeners=ListenerTable(client("dynamodb"), settings().endpoints_table),
        subscriptions=ListenersSubscriptions(client("dynamodb"), settings().subscriptions_table),
        queues=ListenersQueues(client("sqs")),
        stack=settings().powertools_service_name,
        clock=time.time,
        log=log(),
    )
    end()


def sweep(measured: Metrics | None = None) -> Sweep:
    table, shards = settings().events_table, settings().due_shards
    return Sweep(
        index=DueIndexQuery(calls(), table, shards),
        deliveries=DeliveryTable(client("dynamodb"), table, shards, calls=calls()),
        queue=DeliveriesQueueWriter(sends(), settings().deliveries_queue_url, InTurn()),
        clock=time.time,
        metrics=measured or metrics(),
        log=log(),
        grace=settings().grace_seconds,
        each=ThreadPoolExecutor(SIDE_BY_SIDE).map,
        waiting=lambda: waiting_in(client("sqs"), settings().deliveries_queue_url),
    )
