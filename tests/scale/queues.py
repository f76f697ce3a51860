"""A queue and what polls it, as a fluid: amounts of messages, second by second."""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.scale import limits

RECEIVES = 5
"""`maxReceiveCount` of the template's queues, and how long a message that failed stays away (`test_hours`
holds both to the template)."""
AWAY_SECONDS = 360

type Who = str
type Messages = Mapping[tuple[Who, int], float]
"""By whose they are, and how often they were received before."""
EPSILON = 1e-6


@dataclass
class Queue:
    """Those received most often come first, which makes the most dead letters; a queue promises no order."""

    visible: Counter[tuple[Who, int]] = field(default_factory=Counter)
    away: deque[tuple[int, Messages]] = field(default_factory=deque)
    dead: Counter[Who] = field(default_factory=Counter)
    in_flight: float = 0.0

    def put(self, who: Who, amount: float) -> None:
        self.visible[who, 0] += amount  # type: ignore[assignment]

    def total(self) -> float:
        """Without dead letters."""
        return sum(self.visible.values()) + self.in_flight

    def take(self, most: float, now: int) -> Messages:
        """What is received this second: the caller deletes it or says that it failed."""
        while self.away and self.away[0][0] <= now:
            _, back = self.away.popleft()
            self.visible.update(back)
            self.in_flight -= sum(back.values())
        room = max(0.0, min(most, limits.IN_FLIGHT.value - self.in_flight))
        taken: dict[tuple[Who, int], float] = {}
        for receives in range(RECEIVES - 1, -1, -1):
            here = {key: there for key, there in self.visible.items() if key[1] == receives}
            part = min(1.0, room / max(sum(here.values()), EPSILON))
            for key, there in here.items():
                taken[key] = there * part
                self.visible[key] = there - taken[key]  # type: ignore[assignment]
                room -= taken[key]
        return {key: amount for key, amount in taken.items() if amount > EPSILON * EPSILON}

    def failed(self, messages: Messages, now: int) -> None:
        again: Counter[tuple[Who, int]] = Counter()
        for (who, receives), amount in messages.items():
            if receives + 1 >= RECEIVES:
                self.dead[who] += amount  # type: ignore[assignment]
            else:
                again[who, receives + 1] += amount  # type: ignore[assignment]
        if again:
            self.away.append((now + AWAY_SECONDS, again))
            self.in_flight += sum(again.values())


@dataclass
class Pollers:
    """Batches side by side. `seconds`: what a message takes of an environment."""

    seconds: float
    most: float = limits.POLLERS.value
    count: float = limits.POLLERS_AT_FIRST.value

    def capacity(self) -> float:
        return self.count / self.seconds

    def adapt(self, used: float, left: float) -> None:
        """More while messages are left; else as many as were needed, one poller a second fewer."""
        if left > EPSILON:
            self.count = min(self.most, self.count + limits.POLLERS_PER_SECOND.value)
        else:
            least = max(limits.POLLERS_AT_FIRST.value, used * self.seconds)
            self.count = max(least, self.count - 1.0)
