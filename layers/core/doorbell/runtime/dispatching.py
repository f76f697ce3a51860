"""The composition of the dispatcher."""

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import ValidationError

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.subscriptions import scoped
from doorbell.payloads.compose import Composer
from doorbell.queues.envelopes import DeliveryEnvelope
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
from doorbell.store.read_ahead import ReadAhead
from doorbell.store.secrets import SecretStore
from doorbell.usecases.admission import Admission
from doorbell.usecases.conclude import Conclude
from doorbell.usecases.deliver import Deliver
from doorbell.usecases.prepare import Prepare


@cache
def endpoints() -> EndpointTable:
    return EndpointTable(client("dynamodb"), settings().endpoints_table)


def reading_ahead(one: Deliver, batch: Mapping[str, Any]) -> Deliver:
    """`one` for the records of a batch: what their deliveries have to read is read in one call."""
    messages = list(_messages(batch))
    ahead = ReadAhead(
        events(),
        endpoints(),
        event_ids=[message.key.event_id for message in messages],
        endpoint_ids=[scoped(message.tenant_id, message.key.subscription_id) for message in messages],
        on_failure=_read_singly,
    )
    return replace(
        one,
        admission=replace(one.admission, healths=ahead),
        prepare=replace(one.prepare, events=ahead),
    )


def _read_singly(cause: str) -> None:
    log().error("read_ahead_failed", cause=cause)


def _messages(batch: Mapping[str, Any]) -> Iterator[DeliveryMessage]:
    """Those that can be read; each of the others fails alone, when it is handled."""
    for record in batch["Records"]:
        with suppress(ValidationError):
            yield DeliveryEnvelope.model_validate_json(record["body"]).to_domain()


def deliver() -> Deliver:
    conclude = Conclude(
        deliveries=deliveries(),
        queue=deliveries_queue(),
        endpoints=endpoints(),
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
        admission=Admission(endpoints()),
        prepare=prepare,
        sender=sender(),
        conclude=conclude,
        clock=time.time,
        ids=new_id,
        metrics=metrics(),
        log=log(),
    )
