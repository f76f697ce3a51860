"""What came, rung at a URL of this machine: the same bytes and headers as any subscriber would get.

A signature's timestamp is minutes old when an event has waited, and libraries refuse it then. Doorbell signs
each attempt anew, and so does this, with the same secret.
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256

from doorbell.domain.errors import DoorbellError, Unavailable
from doorbell.domain.outbound import OutboundRequest, Outcome
from doorbell.egress.guard import EgressPolicy
from doorbell.payloads.content import content_of
from doorbell.signatures.signing.outgoing import sign
from doorbell.store.bodies import BodyBucket
from doorbell.store.events.events import EventTable
from doorbell.store.items.models import load_subscription
from doorbell.targets.listening import Envelope
from doorbell.usecases.ports import Sender
from doorbell_cli.listening.place import Place

STALE_SECONDS = 240.0
"""A minute below the five that libraries allow."""
ANYWHERE = EgressPolicy(allow_http=True, allowed_ports=None, allowed_cidrs=("0.0.0.0/0", "::/0"))
"""The URL is that of whoever typed it."""


class NoBody(Exception):
    """The body that was sent cannot be had any more; the message says why."""


@dataclass(frozen=True, slots=True)
class Ringer:
    place: Place
    url: str
    timeout: float
    sender: Sender
    clock: Callable[[], float] = time.time

    def request(self, envelope: Envelope) -> OutboundRequest:
        """Raises `NoBody`, or `Unavailable`."""
        body = envelope.body if envelope.body is not None else self._of_the_event(envelope)
        if sha256(body).hexdigest() != envelope.digest:
            raise NoBody("its body is not the one that was sent: was the subscription changed meanwhile?")
        return OutboundRequest(
            url=self.url,
            headers=envelope.headers,
            body=body,
            timeout_seconds=self.timeout,
            method=envelope.method,
        )

    def ring(self, request: OutboundRequest, *, anew: bool = False) -> Outcome:
        """Signed again where the signature is too old, or `anew`."""
        return self.sender.send(self._signed(request, anew))

    def _signed(self, request: OutboundRequest, anew: bool) -> OutboundRequest:
        headers, now = dict(request.headers), self.clock()
        stamp, webhook_id = headers.get("webhook-timestamp", ""), headers.get("webhook-id")
        if "webhook-signature" not in headers or webhook_id is None or not stamp.isdecimal():
            return request
        if not anew and abs(now - int(stamp)) < STALE_SECONDS:
            return request
        signed = sign("standard", [self.place.secret], webhook_id, int(now), request.body)
        return replace(request, headers=tuple((headers | signed).items()))

    def _of_the_event(self, envelope: Envelope) -> bytes:
        """As the dispatcher made it."""
        target, values = self.place.target, self.place.values()
        event = EventTable(target.client("dynamodb"), target.table("Events")).get(
            envelope.event_id, self.clock()
        )
        if event is None:
            raise NoBody("the event is no longer kept")
        bodies = BodyBucket(lambda: target.client("s3"), target.output("BodiesBucketName"))
        try:
            body = event.incoming.body.read(bodies.get)
            return content_of(load_subscription(values), event, body).body
        except KeyError:
            raise NoBody("the body is no longer kept") from None
        except Unavailable:
            raise
        except DoorbellError as error:
            raise NoBody(str(error)) from error
