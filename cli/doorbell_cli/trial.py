"""A test event of this process: made, waited for, and ended after one try; or sent from here."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

from doorbell.domain.deliveries import Delivery, DeliveryKey
from doorbell.domain.outbound import OutboundRequest, Outcome
from doorbell.domain.records import StoredEvent
from doorbell.domain.subscriptions import Subscription
from doorbell.domain.trials import body_of, trial_event, trial_key
from doorbell.egress.client import HttpSender
from doorbell.egress.fetch import Fetcher
from doorbell.egress.guard import EgressPolicy
from doorbell.egress.oauth import TokenSource
from doorbell.payloads.compose import Composer
from doorbell.queues.deliveries import DeliveriesQueueWriter
from doorbell.runtime.settings import Settings
from doorbell.signatures.proof_headers import proof_headers
from doorbell.signatures.signing.outgoing import sign
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.store.deliveries.delivery_reads import DeliveryReads
from doorbell.store.events.events import EventTable
from doorbell.usecases.trial import Trials
from doorbell_cli.configuration import secret_store
from doorbell_cli.target import Target

POLL_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Trial:
    target: Target
    subscription: Subscription
    event: StoredEvent

    @property
    def key(self) -> DeliveryKey:
        return DeliveryKey(self.event.event_id, self.subscription.subscription_id)

    def start(self) -> None:
        """The dispatcher takes it from there."""
        trials(self.target).start(self.event, self.key)

    def wait(self, seconds: float) -> Delivery:
        """The delivery as soon as an attempt is on record or it has ended, or as it is after `seconds`."""
        made = trials(self.target)
        deadline = time.monotonic() + seconds
        while True:
            delivery = made.delivery(self.key)
            assert delivery is not None, "it was put a moment ago"
            if delivery.attempts or delivery.state.terminal or time.monotonic() > deadline:
                return delivery
            time.sleep(POLL_SECONDS)

    def give_up(self) -> bool:
        """End the delivery, if it was made and has not ended. False: it is being worked on right now, and
        left alone."""
        made = trials(self.target)
        return made.end(self.key) is not None or made.delivery(self.key) is None

    def send_from_here(self, policy: EgressPolicy) -> tuple[OutboundRequest, Outcome]:
        """The same request composed and sent by this process. Raises what composing raises."""
        tokens = TokenSource(Fetcher(policy))
        composer = Composer(secret_store(self.target), sign, tokens.token_for, proof_headers=proof_headers)
        body = self.event.incoming.body.inline or b""
        request = composer.compose(self.subscription, self.event, body, 1, time.time())
        sender = HttpSender(policy)
        try:
            return request, sender.send(request)
        finally:
            sender.close()


def trials(target: Target) -> Trials:
    dynamodb, table = target.client("dynamodb"), target.table("Events")
    return Trials(
        events=EventTable(dynamodb, table),
        deliveries=DeliveryTable(dynamodb, table, Settings().due_shards),
        by_key=partial(DeliveryReads(dynamodb, table).by_key, fresh=True),
        queue=DeliveriesQueueWriter(target.client("sqs"), target.queue_url("Deliveries")),
        clock=time.time,
        ids=lambda: uuid4().hex,
        grace=_number(target.parameters, "GraceSeconds", 900),
        kept=86_400 * _number(target.parameters, "RetentionDays", 30),
    )


def trial_of(target: Target, subscription: Subscription, event_type: str, data: Any) -> Trial:
    """Raises `ConfigError` for data that JSON has no form for."""
    trial_id, tenant_id = uuid4().hex, subscription.tenant_id
    key, kept = trial_key(tenant_id, trial_id, subscription.subscription_id), trials(target).kept
    event = trial_event(key, tenant_id, trial_id, event_type, body_of(data), time.time(), kept)
    return Trial(target, subscription, event)


def _number(parameters: Mapping[str, str], name: str, otherwise: float) -> float:
    return float(parameters.get(name) or otherwise)
