"""The event loop of a history: virtual time, the timeline, and all that is random, of one seed."""

import re
from collections.abc import Callable
from heapq import heappop, heappush
from random import Random

from tests.simulation.story import START, Story

_KEY = re.compile(r"DeliveryKey\(event_id='(\w{,9})\w*', subscription_id='(\w+)', generation=(\d+)\)")

FLOOD = 100_000
"""More steps than any history takes: messages that bring forth more messages. Without an end it would hold up
all histories behind it, and tell nobody."""

type Line = tuple[float, str, str]


class Violation(AssertionError):
    """A guarantee that did not hold."""


class Loop:
    def __init__(self, story: Story) -> None:
        self.story = story
        self.rng = Random(story.seed * 2 + 1)
        self.now = START
        self.calm_at = START + story.calm_at
        self.timeline: list[Line] = []
        self.broken: Violation | None = None
        self._serial = 0
        self._events: list[tuple[float, int, Callable[[], None]]] = []

    @property
    def calm(self) -> bool:
        return self.now >= self.calm_at

    def at(self, when: float, action: Callable[[], None]) -> None:
        self._serial += 1
        heappush(self._events, (max(when, self.now), self._serial, action))

    def step(self) -> bool:
        """Let the next thing happen; False when nothing is to come."""
        if not self._events:
            return False
        self.now, _, action = heappop(self._events)
        action()
        if self._serial > FLOOD:
            raise self.violated(f"a flood: {FLOOD:,} steps, and no end")
        if self.broken is not None:
            raise self.broken
        return True

    def tell(self, who: str, what: str) -> None:
        self.timeline.append((self.now - START, who, what))

    def violated(self, what: str) -> Violation:
        what = _KEY.sub(r"\1…/\2#\3", what)
        self.tell("VIOLATION", what)
        self.broken = self.broken or Violation(f"seed {self.story.seed}: {what}")
        return self.broken

    def chance(self, rate: float) -> bool:
        """Never once the faults have stopped."""
        return rate > 0 and not self.calm and self.rng.random() < rate
