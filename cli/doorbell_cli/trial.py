"""A test event: like any other on its way to one subscription, except that it is tried once."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from doorbell.domain.claims import DeliveryMessage, Won
from doorbell.domain.deliveries import Delivery, DeliveryKey, Lease, State
from doorbell.domain.events import BodyAt, event_id_for
from doorbell.domain.matching import Match, Reason
from doorbell.domain.outbound import OutboundRequest, Outcome
from doorbell.domain.records import Incoming, RoutingPage, StoredEvent
from doorbell.domain.reserved import TEST_SOURCE
from doorbell.domain.subscriptions import Subscription
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
from doorbell.store.events.events import EventTable
from doorbell.store.events.stories import StoryTable
from doorbell_cli.configuration import secret_store
from doorbell_cli.target import Target

EVENT_TYPE = "doorbell.test"
POLL_SECONDS = 0.25
CANCEL_LEASE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Trial:
    target: Target
    subscription: Subscription
    event: StoredEvent

    @property
    def key(self) -> DeliveryKey:
        return DeliveryKey(self.event.event_id, self.subscription.subscription_id)

    def start(self) -> None:
        """The event on record and one delivery of it queued: the dispatcher takes it from there. No other
        subscription hears of it, since fan-out is passed by."""
        dynamodb, now = self.target.client("dynamodb"), time.time()
        EventTable(dynamodb, self.target.table("Events")).put_new(self.event)
        delivery = Delivery(
            key=self.key,
            tenant_id=self.subscription.tenant_id,
            state=State.PENDING,
            created_at=now,
            next_attempt_at=now,
            due_at=now + _number(self.target.parameters, "GraceSeconds", 900),
            expires_at=self.event.expires_at,
        )
        self._deliveries().create([delivery])
        queue = DeliveriesQueueWriter(self.target.client("sqs"), self.target.queue_url("Deliveries"))
        queue.send([(DeliveryMessage(self.key, delivery.tenant_id, 1), 0)])

    def wait(self, seconds: float) -> Delivery:
        """The delivery as soon as an attempt is on record or it has ended, or as it is after `seconds`."""
        deadline = time.monotonic() + seconds
        while True:
            delivery = self._delivery()
            assert delivery is not None, "it was put a moment ago"
            if delivery.attempts or delivery.state.terminal or time.monotonic() > deadline:
                return delivery
            time.sleep(POLL_SECONDS)

    def give_up(self) -> bool:
        """End the delivery, if it was made and has not ended: a test is not tried for days. False: it is
        being worked on right now, and left alone. The claim is made for the time of its next attempt, so that
        a dispatcher's lease on it is respected."""
        delivery = self._delivery()
        if delivery is None or delivery.state.terminal:
            return True
        at = max(time.time(), delivery.next_attempt_at)
        lease = Lease(uuid4().hex, at + CANCEL_LEASE_SECONDS)
        claim = self._deliveries().claim(self.key, delivery.next_attempt, lease, at)
        if not isinstance(claim, Won):
            return False
        ended = replace(
            claim.delivery,
            state=State.CANCELLED,
            reason="test_over",
            ended_at=time.time(),
            due_at=None,
            lease=None,
        )
        return self._deliveries().record(claim.delivery, None, ended)

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

    def _delivery(self) -> Delivery | None:
        stories = StoryTable(self.target.client("dynamodb"), self.target.table("Events"), time.time)
        story = stories.story(self.event.event_id)
        return None if story is None else next((d for d in story[1] if d.key == self.key), None)

    def _deliveries(self) -> DeliveryTable:
        return DeliveryTable(
            self.target.client("dynamodb"), self.target.table("Events"), Settings().due_shards
        )


def trial_of(target: Target, subscription: Subscription, event_type: str, data: Any) -> Trial:
    now, ingest_id = time.time(), uuid4().hex
    body = json.dumps(data, ensure_ascii=False).encode()
    tenant_id = subscription.tenant_id
    event_id = event_id_for(tenant_id, TEST_SOURCE, ingest_id)
    incoming = Incoming(
        ingest_id=ingest_id,
        event_id=event_id,
        tenant_id=tenant_id,
        source_id=TEST_SOURCE,
        provider="doorbell",
        event_type=event_type,
        dedupe_window_seconds=0,
        received_at=now,
        content_type="application/json",
        headers={"content-type": "application/json"},
        body=BodyAt(len(body), inline=body),
    )
    routing = RoutingPage((Match(subscription.subscription_id, Reason.MATCHED, "doorbell test"),))
    expires_at = int(now + 86_400 * _number(target.parameters, "RetentionDays", 30))
    return Trial(target, subscription, StoredEvent(event_id, incoming, 0, now, now, expires_at, routing))


def _number(parameters: Mapping[str, str], name: str, otherwise: float) -> float:
    return float(parameters.get(name) or otherwise)
