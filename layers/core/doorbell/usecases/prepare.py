"""Prepare: the request of an attempt, or why there is none to send."""

from dataclasses import dataclass
from typing import Protocol

from doorbell.domain.deliveries import Delivery
from doorbell.domain.errors import Busy, DoorbellError, SecretMissing, Unavailable
from doorbell.domain.outbound import OutboundRequest, Outcome
from doorbell.domain.records import StoredEvent
from doorbell.domain.subscriptions import Subscription
from doorbell.usecases.ports import Bodies, Clock, Composer


class KeptEvents(Protocol):
    def get(self, event_id: str, now: float) -> StoredEvent | None:
        """None: there is none, or it has expired at `now`."""

    def source_id(self, event_id: str) -> str | None:
        """Who rang; None: there is no such event. One that has expired and is there still has the same."""


@dataclass(frozen=True, slots=True)
class Prepare:
    events: KeptEvents
    bodies: Bodies
    composer: Composer
    clock: Clock

    def __call__(self, delivery: Delivery, subscription: Subscription) -> OutboundRequest | Outcome:
        """What cannot be sent for a reason a person must mend is the outcome of an attempt, on record.

        Raises `Unavailable` where Doorbell could not do its part, or has no time left within the lease, and
        `Busy` where its turn did not come.
        """
        assert delivery.lease is not None
        try:
            request = self._compose(delivery, subscription)
        except SecretMissing as error:
            return unsent("secret_missing", str(error))
        except (Unavailable, Busy):
            raise
        except DoorbellError as error:
            return unsent(getattr(error, "code", "compose_failed"), str(error))
        except KeyError:
            return unsent("body_missing", "the body is no longer kept")
        if request is None:
            return unsent("event_missing", "the event is no longer kept")
        if self.clock() + request.timeout_seconds > delivery.lease.until:
            raise Unavailable("lambda", "deliver", "preparing the request used up the lease")
        return request

    def _compose(self, delivery: Delivery, subscription: Subscription) -> OutboundRequest | None:
        event = self.events.get(delivery.key.event_id, self.clock())
        if event is None:
            return None
        body = event.incoming.body.read(self.bodies.get)
        return self.composer.compose(subscription, event, body, delivery.next_attempt, self.clock())


def unsent(code: str, detail: str) -> Outcome:
    """The outcome of an attempt that nothing was sent for."""
    return Outcome(status=None, error=code, detail=detail[:300], retry_after=None, response="", duration_ms=0)
