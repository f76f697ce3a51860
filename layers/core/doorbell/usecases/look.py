"""Look: at the list of those who wait for an endpoint or a paused source, when its wake is due.

    paused ────────────▶ look again in five minutes; nobody goes
    parked still ──────▶ look again at its end, or in five minutes
    may be probed ─────▶ the wake moves to the probe's end, then a release for who waits longest
    well, off, gone ───▶ a slice: the cursor moves past it, then a release for each, spread over the tick
    nobody is left ────▶ closing ─▶ and again nobody, a quarter of an hour later: the wake goes

Every step is one conditional write of the endpoint, by its version, before anything is sent: of two that
look at once one goes on. What is lost after that write is left behind the cursor, and found when the pass
has ended and begins anew. Deliveries are not written. Costs a look: a read of endpoint and subscription,
eight of the index, three write units.
"""

from dataclasses import dataclass, replace

from doorbell.domain.claims import WakeCall
from doorbell.domain.deliveries import LEASE_MARGIN_SECONDS
from doorbell.domain.errors import ConfigError, Unavailable
from doorbell.domain.health import Circuit, Health, of_url
from doorbell.domain.places import UNKNOWN_STAY_SECONDS
from doorbell.domain.shelves import Shelved, releases
from doorbell.domain.subscriptions import Subscription, scoped
from doorbell.domain.wakes import (
    CLOSING_SECONDS,
    LOOK_SECONDS,
    MOST_PER_SECOND,
    TICK_SECONDS,
    Wake,
    at_probe,
    first_pace,
    next_pace,
)
from doorbell.usecases.call_wakes import LOOK_AHEAD_SECONDS
from doorbell.usecases.pausing import ANY_TIME, Pausing
from doorbell.usecases.ports import Clock, Endpoints, Log, Metrics, Subscriptions
from doorbell.usecases.ports_of_waiting import Shelves, WakingQueue
from doorbell.usecases.source_pauses import NONE_PAUSED, SourcePauses

EARLY_SECONDS = 2.0
"""Who would go that soon is released now, with that delay."""
LEFT_BEHIND_SECONDS = 60.0
"""Between looks at what a pass left behind."""


@dataclass(frozen=True, slots=True)
class Look:
    """`grace` in seconds: how long a release is left to its message."""

    endpoints: Endpoints
    subscriptions: Subscriptions
    shelves: Shelves
    pausing: Pausing
    queue: WakingQueue
    clock: Clock
    metrics: Metrics
    log: Log
    grace: float
    pauses: SourcePauses = NONE_PAUSED

    def __call__(self, call: WakeCall) -> None:
        """Raises `Unavailable`; not where the index is not there yet. The sweeper calls again."""
        try:
            self._look(call)
        except Unavailable:
            if self.shelves.ready():
                raise

    def _look(self, call: WakeCall) -> None:
        name, now = scoped(call.tenant_id, call.subscription_id), self.clock()
        health = self.endpoints.health(name, fresh=True)
        wake = health.wake
        if wake is None or wake.at > now + 1.0:
            return
        try:
            subscription = self.pauses.whose(call, self.subscriptions)
        except ConfigError:  # told by whoever delivers; until it is mended its list is not spent on it
            self._move(name, health, wake, now + LOOK_SECONDS)
            return
        if subscription is not None:
            health = of_url(health, subscription.url)
        on = subscription is not None and subscription.enabled
        if subscription is not None and on and subscription.paused and self.shelves.ready():
            if not self.pausing(name, health, wake, now):
                self._end(name, health, replace(wake, cursor=None, rest_at=None, pace=None), None, now)
        elif subscription is None or self._is_free(subscription, health, now):
            self._drain(name, health, wake, self._most(subscription), now)
        else:
            self._wait(name, health, wake, now, subscription)

    def _is_free(self, subscription: Subscription, health: Health, now: float) -> bool:
        """Also where lists are given up: who is released is held then as the release before does it."""
        closed = health.circuit(now) is Circuit.CLOSED
        return closed or not subscription.enabled or not self.shelves.ready()

    def _wait(self, name: str, health: Health, wake: Wake, now: float, subscription: Subscription) -> None:
        if health.circuit(now) is Circuit.OPEN:
            self._move(name, health, wake, min(health.parked_until or now, now + LOOK_SECONDS))
            return
        if health.probe_taken(now):
            self._move(name, health, wake, (health.probe_until or now) + 1.0)
            return
        first = self.shelves.waiting(name, None, now + EARLY_SECONDS, 1).rows
        lease_until = now + LEASE_MARGIN_SECONDS + subscription.timeout_seconds
        if not first:
            self._end(name, health, wake, None, now)
        elif self._write(name, health, at_probe(replace(wake, closing=False), lease_until)):
            self._release(first[:1], now, 0.0)

    def _drain(self, name: str, health: Health, wake: Wake, most: float, now: float) -> None:
        left = self._left(name, wake, now)
        if left and wake.rest_at is not None and now >= wake.rest_at:
            wake, left = replace(wake, cursor=None, rest_at=None), 0
        pace = next_pace(wake, left, most) if wake.cursor is not None else (wake.pace or first_pace(most))
        size = max(1, int(min(pace, most) * TICK_SECONDS))
        if left >= size:  # the queue is behind: more of them would only wait there
            self._rest(name, health, wake, now, TICK_SECONDS)
            return
        found = self.shelves.waiting(name, wake.cursor, now + EARLY_SECONDS, size)
        if not found.rows:
            self._end(name, health, wake, left, now)
            return
        begin = max(now, wake.at)  # no second of it is one of the slice before
        moved = replace(wake, at=begin + TICK_SECONDS, closing=False, cursor=found.reached, pace=pace)
        if self._write(name, health, moved):
            self._release(found.rows, now, TICK_SECONDS, begin - now)
            if wake.pace is None:
                self._call_again(name)

    def _call_again(self, name: str) -> None:
        """For the ticks until the sweeper calls for them: it does not know yet that the list is sent out."""
        call = WakeCall(*name.split("/", 1))
        ticks = range(int(TICK_SECONDS), LOOK_AHEAD_SECONDS + 1, int(TICK_SECONDS))
        self.queue.wake([(call, delay) for delay in ticks])

    def _left(self, name: str, wake: Wake, now: float) -> int:
        """How many that were sent out are still on the list; more than a slice are not counted."""
        if wake.cursor is None:
            return 0
        most = int((wake.pace or 1.0) * TICK_SECONDS) + 1
        return len(self.shelves.waiting(name, None, min(wake.cursor, now + EARLY_SECONDS), most).rows)

    def _end(self, name: str, health: Health, wake: Wake, left: int | None, now: float) -> None:
        """Of a pass, or of the list."""
        if left:
            self._rest(name, health, wake, now, LEFT_BEHIND_SECONDS)
            return
        later = self.shelves.waiting(name, now + EARLY_SECONDS, ANY_TIME, 1).rows
        if later:
            self._move(name, health, replace(wake, closing=False), min(later[0].at, now + LOOK_SECONDS))
        elif wake.closing:
            self._write(name, health, None)
        else:
            self._write(name, health, Wake(now + CLOSING_SECONDS, closing=True))

    def _rest(self, name: str, health: Health, wake: Wake, now: float, seconds: float) -> None:
        """What was sent out has a grace to leave the list; then a pass begins anew."""
        rest_at = wake.rest_at or now + self.grace
        self._move(name, health, replace(wake, rest_at=rest_at), min(rest_at, now + seconds))

    def _most(self, subscription: Subscription | None) -> float:
        """Deliveries a second; more than the endpoint's own limits admit would only be held again."""
        most = MOST_PER_SECOND
        if subscription is not None and subscription.rate_limit_per_second is not None:
            most = min(most, subscription.rate_limit_per_second)
        if subscription is not None and subscription.max_in_flight is not None:
            stay = self.endpoints.stay_seconds(subscription.endpoint_id) or UNKNOWN_STAY_SECONDS
            most = min(most, subscription.max_in_flight / stay)
        return most

    def _move(self, name: str, health: Health, wake: Wake, at: float) -> None:
        self._write(name, health, replace(wake, at=at))

    def _write(self, name: str, health: Health, wake: Wake | None) -> bool:
        """False: somebody was faster, and sees to it."""
        return self.endpoints.write_health(name, health.with_wake(wake))

    def _release(self, rows: tuple[Shelved, ...], now: float, seconds: float, begin: float = 0.0) -> None:
        self.metrics.count("Released", len(rows))
        self.queue.send(releases(rows, now, seconds, begin))
