"""An hour of trouble and the hour after it, second by second in virtual time: a fluid model of the two
queues, their pollers, the keys that hold them up, and the waiting lists. Quotas are raised, tables are grown.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from doorbell.domain.wakes import MOST_PER_SECOND, TICK_SECONDS, Wake, next_pace
from tests.scale import limits
from tests.scale.ceilings import DISPATCH, FAN_OUT
from tests.scale.counted import delivered, filed
from tests.scale.heat import healthy
from tests.scale.queues import EPSILON, Pollers, Queue
from tests.scale.traffic import DEAD_SHARE, HOT_SHARE

HOUR = 3600
PARKED_AT_MOST = 300
"""Seconds within which the lists of the many go out. Each has a few looks before that, and those of 100,000
endpoints move rows of the index `wake` for some minutes."""
SHARES = {
    "hot": HOT_SHARE,
    "others": (1 - HOT_SHARE) * (1 - DEAD_SHARE),
    "dead": (1 - HOT_SHARE) * DEAD_SHARE,
}


class Trouble(StrEnum):
    TABLES = "DynamoDB answers nobody"
    SUBSCRIBERS = "no subscriber answers"


@dataclass(frozen=True, slots=True)
class Moment:
    """Events and deliveries; `waiting` on the endpoints' lists, by whose."""

    arrived: float
    in_queues: float
    waiting: Counter[str]
    dead_letters: float
    ended: float

    @property
    def balance(self) -> float:
        accounted = self.in_queues + sum(self.waiting.values()) + self.dead_letters + self.ended
        return self.arrived - accounted


class Hours:
    """`most`: MaximumConcurrency. Warm at the beginning: as many pollers as the traffic needs."""

    def __init__(self, rate: float, trouble: Trouble, most: float = limits.POLLERS.value) -> None:
        self.rate, self.trouble, self.now = rate, trouble, 0
        self.events, self.deliveries = Queue(), Queue()
        needed = [min(most, rate * seconds) for seconds in (FAN_OUT, DISPATCH)]
        self.fan_out, self.dispatch = Pollers(FAN_OUT, most, needed[0]), Pollers(DISPATCH, most, needed[1])
        self.waiting, self.arrived, self.ended = Counter[str](), 0.0, 0.0
        self.wake, self._due_left = Wake(0.0), 0.0
        heat = healthy()
        self._due = limits.PARTITION_WRITES.value * heat.total("due") / heat.hottest("due")[1]
        logged, told = heat.hottest("by_tenant")[1], heat.hottest("shelf, history")[1]
        self._logged, self._told = (limits.PARTITION_WRITES.value / one * HOT_SHARE for one in (logged, told))

    @property
    def troubled(self) -> bool:
        return self.now < HOUR

    def run(self) -> tuple[Moment, Moment]:
        """At the end of the trouble, and an hour later."""
        moments = []
        for _ in range(2):
            for _ in range(HOUR):
                self.second()
            moments.append(self.moment())
        return moments[0], moments[1]

    def moment(self) -> Moment:
        queues = (self.events, self.deliveries)
        dead = sum(sum(queue.dead.values()) for queue in queues)
        in_queues = sum(queue.total() for queue in queues)
        return Moment(self.arrived, in_queues, Counter(self.waiting), dead, self.ended)

    def second(self) -> None:
        for who, share in SHARES.items():
            self.events.put(who, self.rate * share)
        self.arrived += self.rate
        self._release()
        down = self.troubled and self.trouble is Trouble.TABLES
        self._due_left = 0.0 if down else self._due
        self._step(self.deliveries, self.dispatch, self._told, self._dispatched, self._due_of)
        self._step(self.events, self.fan_out, self._logged, self.deliveries.put, lambda who: 1.0)
        self.now += 1

    def _step(
        self,
        queue: Queue,
        pollers: Pollers,
        of_one: float,
        done: Callable[[str, float], None],
        due: Callable[[str], float],
    ) -> None:
        """`of_one`: what the busy tenant's keys take of it in a second; `due`: units of the due index."""
        taken = queue.take(pollers.capacity(), self.now)
        keys = dict.fromkeys(("hot",), of_one)
        failed: dict[tuple[str, int], float] = {}
        for (who, receives), amount in sorted(taken.items(), reverse=True):
            passes = min(amount, keys.get(who, amount), self._due_left / due(who))
            if who in keys:
                keys[who] -= passes
            self._due_left -= passes * due(who)
            done(who, passes)
            if amount - passes > EPSILON:
                failed[who, receives] = amount - passes
            else:
                done(who, amount - passes)
        queue.failed(failed, self.now)
        pollers.adapt(sum(taken.values()), sum(queue.visible.values()))

    def _is_down(self, who: str) -> bool:
        return who == "dead" or (self.troubled and self.trouble is Trouble.SUBSCRIBERS)

    def _due_of(self, who: str) -> float:
        """Beside the unit that fan-out has written: what ends leaves the index, what is filed moves in it."""
        units = filed() if self._is_down(who) else delivered()
        return units.written["due"] - 1.0

    def _dispatched(self, who: str, amount: float) -> None:
        if self._is_down(who):
            self.waiting[who] += amount  # type: ignore[assignment]
        else:
            self.ended += amount

    def _release(self) -> None:
        """The busy endpoint's list by the pace of `domain.wakes`; the others' are short."""
        if self.troubled:
            return
        if (self.now - HOUR) % TICK_SECONDS == 0:
            self.wake = Wake(0.0, pace=next_pace(self.wake, 0, MOST_PER_SECOND))
        left = max(1.0, HOUR + PARKED_AT_MOST - self.now)
        for who, amount in (("hot", self.wake.pace or 0.0), ("others", self.waiting["others"] / left)):
            released = min(amount, self.waiting[who])
            self.waiting[who] -= released  # type: ignore[assignment]
            self.deliveries.put(who, released)
