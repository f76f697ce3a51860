"""The composition of the dispatcher."""

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
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
from doorbell.runtime.together import calls, written_singly
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
from doorbell.store.deliveries_together import DeliveriesTogether
from doorbell.store.endpoints import EndpointTable
from doorbell.store.gathered import Gathered
from doorbell.store.read_ahead import ReadAhead
from doorbell.store.secrets import SecretStore
from doorbell.usecases.admission import Admission
from doorbell.usecases.conclude import Conclude
from doorbell.usecases.deliver import Deliver
from doorbell.usecases.prepare import Prepare


@cache
def endpoints() -> EndpointTable:
    return EndpointTable(client("dynamodb"), settings().endpoints_table)


@dataclass(frozen=True, slots=True)
class Batch:
    """`deliver` for the records of a batch: what they have to read is read in one call, and what they write
    in the same moment is written in one. `messages` are those that could be read, by the record's body."""

    deliver: Deliver
    messages: Mapping[str, DeliveryMessage]
    writes: Gathered

    def __call__(self, body: str, *, redelivered: bool, time_left: float) -> None:
        """One record, by its body. Call it for every record of the batch, side by side."""
        with self.writes.member():
            message = self.messages.get(body) or _message(body)
            self.deliver(message, redelivered=redelivered, time_left=time_left)


def batch_of(one: Deliver, event: Mapping[str, Any]) -> Batch:
    messages = dict(_messages(event))
    read = messages.values()
    ahead = ReadAhead(
        calls(),
        events(),
        endpoints(),
        event_ids=[message.key.event_id for message in read],
        endpoint_ids=[scoped(message.tenant_id, message.key.subscription_id) for message in read],
        on_failure=_read_singly,
    )
    members = len(event["Records"])
    writes = Gathered(calls(), members)
    claims = DeliveriesTogether(deliveries(), writes, written_singly) if members > 1 else deliveries()
    return Batch(one.over(claims, ahead, ahead), messages, writes)


def _read_singly(cause: str) -> None:
    log().error("read_ahead_failed", cause=cause)


def _messages(event: Mapping[str, Any]) -> Iterator[tuple[str, DeliveryMessage]]:
    """Those that can be read; each of the others fails alone, when it is handled."""
    for record in event["Records"]:
        with suppress(ValidationError):
            yield record["body"], _message(record["body"])


def _message(body: str) -> DeliveryMessage:
    return DeliveryEnvelope.model_validate_json(body).to_domain()


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
