"""Waiting: who may not go because of the endpoint is filed on its list, and sleeps there.

    was an open wake seen? else open one ──▶ file ──▶ then look at the endpoint, strongly
        ──▶ a wake that is open: done
        ──▶ none, or one that closes: open it, until that holds

Whatever is read before a delivery is filed may be out of date by then; what is read after it is not. So
nobody is on a list without a wake. A worker that dies in between, and whose message never comes again, leaves
nobody behind either: the wake was there before, and no list closes as fast as what was seen gets old. Costs:
filing is the hold's one write, two of the due index, one of the index `shelf`; a read of the endpoint once in
a second and environment, and a write of it for the first that is filed.
"""

from dataclasses import dataclass, field
from math import ceil

from doorbell.domain.claims import DeliveryMessage, WakeCall
from doorbell.domain.clocks import CLOCKS, SQS_MAX_DELAY_SECONDS, Clocks, Moment
from doorbell.domain.deliveries import Delivery
from doorbell.domain.errors import Unavailable
from doorbell.domain.health import Circuit, Health, of_url
from doorbell.domain.pauses import paused
from doorbell.domain.shelves import filed
from doorbell.domain.subscriptions import Subscription
from doorbell.domain.wakes import awaited
from doorbell.usecases.ports import Clock, Endpoints
from doorbell.usecases.ports_of_waiting import Shelves, WakingQueue

TRIES = 20
"""Others write the endpoint too. It cannot be left at that: the message comes again."""
REACH_SECONDS = 60.0
"""A wake that is further off has no message of its own: the sweeper looks ahead that far, every minute."""
PARKINGS_TOLD = 3
"""The same after so many parkings in a row: no message is to be caused by one by one by one, for ever."""
SETTLED_SECONDS = 2
"""What a read or an index usually lags."""
LOOKED_SECONDS = 1.0
"""So long one look serves all who are filed for an endpoint: its item takes 3,000 reads a second. It may have
been a moment before they were filed. That is enough, for a wake that was open then does not go for a quarter
of an hour (`domain.wakes.CLOSING_SECONDS`), and the list is looked at once more when it does.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html"""
LOOKED_AT_MOST = 1000

type Place = tuple[str, str, bool]
"""An endpoint's id and URL, and whether it is paused."""


@dataclass(frozen=True, slots=True)
class Looked:
    """The endpoints of which this environment knows that their wake is open and nobody may go: since when,
    and until when that holds."""

    clocks: Clocks = CLOCKS
    _known: dict[Place, tuple[Moment, float]] = field(default_factory=dict)

    def keep(self, subscription: Subscription, seen: Health, at: Moment, now: float) -> None:
        asleep = seen.circuit(now) is Circuit.OPEN
        if subscription.paused or asleep:
            if len(self._known) >= LOOKED_AT_MOST:
                self._known.clear()
            until = (seen.parked_until or now) if asleep else float("inf")
            self._known[place(subscription)] = (at, until)

    def sleeps(self, subscription: Subscription, now: float) -> bool:
        known = self._known.get(place(subscription))
        return known is not None and now < known[1] and self.clocks.age(known[0]) < LOOKED_SECONDS


def place(subscription: Subscription) -> Place:
    return subscription.endpoint_id, subscription.url, subscription.paused


@dataclass(frozen=True, slots=True)
class Waiting:
    endpoints: Endpoints
    shelves: Shelves
    queue: WakingQueue
    clock: Clock
    looked: Looked = field(default_factory=Looked)

    def is_open(self) -> bool:
        """False: nobody can be found on a list yet. Who has to wait is held as the release before did it."""
        return self.shelves.ready()

    def filed(self, delivery: Delivery, subscription: Subscription) -> Delivery:
        now = self.clock()
        waits = paused(delivery, now) if subscription.paused else delivery
        return filed(waits, subscription.endpoint_id, subscription.retry, now)

    def awake(self, subscription: Subscription, seen: Health) -> None:
        """Before somebody is filed. `seen`: not long ago. Raises as `settle` does."""
        if seen.wake is None or seen.wake.closing:
            self._open(subscription, self.clock())

    def settle(self, delivery: Delivery, subscription: Subscription) -> None:
        """After it was filed. Raises `Unavailable` where the wake could not be set."""
        now, at = self.clock(), self.looked.clocks.now()
        if self.looked.sleeps(subscription, now):
            return
        seen = self._open(subscription, now)
        self.looked.keep(subscription, seen, at, now)
        if seen.circuit(now) is Circuit.CLOSED and not subscription.paused:
            self.release(delivery, now)

    def _open(self, subscription: Subscription, now: float) -> Health:
        """The wake, if it is not. What the endpoint's health was before."""
        endpoint_id = subscription.endpoint_id
        for _ in range(TRIES):
            seen = self.endpoints.health(endpoint_id, fresh=True)
            if subscription.url:  # of a broken item nothing is known
                seen = of_url(seen, subscription.url)
            wake = awaited(seen.wake, seen.parked_until, now)
            if wake == seen.wake:
                return seen
            if self.endpoints.write_health(endpoint_id, seen.with_wake(wake)):
                self._call(subscription, wake.at, at_least=SETTLED_SECONDS)
                return seen
        raise Unavailable("dynamodb", "UpdateItem", "others wrote the endpoint each time")

    def tell(self, subscription: Subscription, before: Health, after: Health) -> None:
        """What was written of the endpoint's health moved its wake: the first to end a short wait is a
        message, so that a short outage ends when it ends."""
        if after.wake is None:
            return
        recovered = before.parked_until is not None and after.parked_until is None
        if (recovered and after.wake.pace is None) or before.parks < after.parks <= PARKINGS_TOLD:
            self._call(subscription, after.wake.at)

    def _call(self, subscription: Subscription, at: float, at_least: int = 0) -> None:
        wait = at - self.clock()
        if wait <= REACH_SECONDS:
            call = WakeCall(subscription.tenant_id, subscription.subscription_id)
            self.queue.wake([(call, max(at_least, ceil(wait), 0))])

    def release(self, delivery: Delivery, now: float) -> None:
        """There is nothing to wait for by now: what was read before was old, and the list may have been gone
        through."""
        wait = max(SETTLED_SECONDS, ceil(delivery.next_attempt_at - now))
        if wait <= SQS_MAX_DELAY_SECONDS:
            message = DeliveryMessage(delivery.key, delivery.tenant_id, delivery.next_attempt, release=True)
            self.queue.send([(message, wait)])
