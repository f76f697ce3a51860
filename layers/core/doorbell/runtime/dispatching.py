"""The composition of the dispatcher."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pydantic import ValidationError

from doorbell.domain.claims import DeliveryMessage, WakeCall
from doorbell.domain.company import Company
from doorbell.domain.subscriptions import scoped
from doorbell.payloads.compose import Composer
from doorbell.queues.envelopes import call_of
from doorbell.runtime.batches import about
from doorbell.runtime.egress import tokens
from doorbell.runtime.in_flight import bodies, room, source_pauses, subscriptions
from doorbell.runtime.noting import notices
from doorbell.runtime.outbound import deliveries_queue, events, jitter
from doorbell.runtime.recorded import deliveries, keep_details, sender
from doorbell.runtime.rolling_up import tally
from doorbell.runtime.together import calls, written_singly
from doorbell.runtime.wiring import client, log, metrics, new_id, settings, stale_secret
from doorbell.signatures.signing.outgoing import sign
from doorbell.store.deliveries.deliveries_together import DeliveriesTogether
from doorbell.store.deliveries.delivery_reads import DeliveryReads
from doorbell.store.deliveries.shelf_index import ShelfIndex
from doorbell.store.dynamodb.gathered import Gathered
from doorbell.store.endpoints import EndpointTable
from doorbell.store.events.read_ahead import ReadAhead
from doorbell.store.health.wakes import WakeIndex
from doorbell.store.secrets.secrets import SecretStore
from doorbell.usecases.admission import Admission
from doorbell.usecases.conclude import Conclude
from doorbell.usecases.deliver import Deliver
from doorbell.usecases.look import Look
from doorbell.usecases.pausing import Pausing
from doorbell.usecases.prepare import Prepare
from doorbell.usecases.waiting import Waiting


@cache
def endpoints() -> EndpointTable:
    return EndpointTable(client("dynamodb"), settings().endpoints_table)


@dataclass(frozen=True, slots=True)
class Batch:
    """`deliver` for the records of a batch, which share what they read, and calls that write or go to one
    target in the same moment. `messages` are those that could be read, by the record's body."""

    deliver: Deliver
    look: Look
    messages: Mapping[str, DeliveryMessage | WakeCall]
    writes: Gathered
    company: Company

    def __call__(self, body: str, *, redelivered: bool, time_left: float) -> None:
        """One record, by its body. Call it for every record of the batch, side by side."""
        with self.writes.member():
            message = self.messages.get(body) or call_of(body)
            if isinstance(message, WakeCall):
                self.look(message)
                return
            about(message.key.event_id)
            whose = scoped(message.tenant_id, message.key.subscription_id)
            with room().guest(whose), self.company.member(whose):
                self.deliver(message, redelivered=redelivered, time_left=time_left)


def batch_of(one: Deliver, look: Look, event: Mapping[str, Any]) -> Batch:
    messages = dict(_messages(event))
    read = [message for message in messages.values() if isinstance(message, DeliveryMessage)]
    whose = [scoped(message.tenant_id, message.key.subscription_id) for message in read]
    event_ids = [message.key.event_id for message in read]
    ahead = ReadAhead(calls(), events(), endpoints(), event_ids, whose, on_failure=_read_singly)
    members = len(event["Records"])
    writes = Gathered(calls(), members)
    claims = DeliveriesTogether(deliveries(), writes, written_singly) if members > 1 else deliveries()
    company = Company(Counter(whose))
    over = one.over(claims, ahead, ahead, replace(sender(), company=company))
    return Batch(over, look, messages, writes, company)


def _read_singly(cause: str) -> None:
    log().error("read_ahead_failed", cause=cause)


def _messages(event: Mapping[str, Any]) -> Iterator[tuple[str, DeliveryMessage | WakeCall]]:
    """Those that can be read; each of the others fails alone, when it is handled."""
    for record in event["Records"]:
        with suppress(ValidationError):
            yield record["body"], call_of(record["body"])


def _proof_headers(provider: str, headers: Iterable[str]) -> set[str]:
    from doorbell.signatures.proof_headers import proof_headers  # the catalogue: for who may not have a proof

    return proof_headers(provider, headers)


@cache
def waiting() -> Waiting:
    """One for all: what it has looked at lately serves them all."""
    return Waiting(endpoints(), shelves(), deliveries_queue(), time.time)


@cache
def shelves() -> ShelfIndex:
    """One for all: that the indexes are there is asked once for an environment."""
    dynamodb, wakes = client("dynamodb"), WakeIndex(client("dynamodb"), settings().endpoints_table)
    on = settings().waiting_list
    return ShelfIndex(dynamodb, settings().events_table, wakes.due, on_not_yet=_not_yet, on=on)


def _not_yet(cause: str) -> None:
    log().info("nobody_is_filed_yet", cause=cause)


def look() -> Look:
    reads = DeliveryReads(client("dynamodb"), settings().events_table)
    return Look(
        endpoints=endpoints(),
        subscriptions=subscriptions(),
        shelves=shelves(),
        pausing=Pausing(endpoints(), shelves(), reads, notices(), log()),
        queue=deliveries_queue(),
        clock=time.time,
        metrics=metrics(),
        log=log(),
        grace=settings().grace_seconds,
        pauses=source_pauses(),
    )


def deliver() -> Deliver:
    conclude = Conclude(
        deliveries=deliveries(),
        queue=deliveries_queue(),
        endpoints=endpoints(),
        subscriptions=subscriptions(),
        notices=notices(),
        waiting=waiting(),
        clock=time.time,
        random=jitter,
        metrics=metrics(),
        log=log(),
        grace=settings().grace_seconds,
        tally=tally(),
    )
    prepare = Prepare(
        events=events(),
        bodies=bodies(),
        composer=Composer(
            SecretStore(client, on_stale=stale_secret),
            sign,
            tokens().token_for,
            tokens().forget_for,
            _proof_headers,
        ),
        clock=time.time,
    )
    return Deliver(
        deliveries=deliveries(),
        subscriptions=subscriptions(),
        admission=Admission(endpoints(), shelves().ready),
        prepare=prepare,
        sender=sender(),
        conclude=conclude,
        waiting=waiting(),
        clock=time.time,
        ids=new_id,
        metrics=metrics(),
        log=log(),
        keep_details=keep_details(),
        pauses=source_pauses(),
    )
