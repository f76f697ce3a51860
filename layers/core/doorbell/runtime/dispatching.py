"""The composition of the dispatcher."""

import time

from doorbell.payloads.compose import Composer
from doorbell.queues.notices import EventBusNotices
from doorbell.runtime.egress import sender, tokens
from doorbell.runtime.outbound import bodies, deliveries, deliveries_queue, events, jitter, subscriptions
from doorbell.runtime.wiring import (
    client,
    log,
    metrics,
    new_id,
    notice_lost,
    settings,
    stale_secret,
)
from doorbell.signatures.outgoing import sign
from doorbell.store.endpoints import EndpointTable
from doorbell.store.secrets import SecretStore
from doorbell.usecases.admission import Admission
from doorbell.usecases.conclude import Conclude
from doorbell.usecases.deliver import Deliver
from doorbell.usecases.prepare import Prepare


def deliver() -> Deliver:
    endpoints = EndpointTable(client("dynamodb"), settings().endpoints_table)
    conclude = Conclude(
        deliveries=deliveries(),
        queue=deliveries_queue(),
        endpoints=endpoints,
        subscriptions=subscriptions(),
        notices=EventBusNotices(client("events"), settings().event_bus_name, notice_lost),
        clock=time.time,
        random=jitter,
        metrics=metrics(),
        log=log(),
        grace=settings().grace_seconds,
    )
    prepare = Prepare(
        events=events(),
        bodies=bodies(),
        composer=Composer(SecretStore(client, on_stale=stale_secret), sign, tokens().token, tokens().forget),
        clock=time.time,
    )
    return Deliver(
        deliveries=deliveries(),
        subscriptions=subscriptions(),
        admission=Admission(endpoints),
        prepare=prepare,
        sender=sender(),
        conclude=conclude,
        clock=time.time,
        ids=new_id,
        metrics=metrics(),
        log=log(),
    )
