"""The answers to names asked a moment ago. glibc's resolver keeps none, so that each of a batch's deliveries
would ask for its own: that took a twelfth of the dispatcher's processor time.

It says nothing about which address may be called: whoever gets an answer, new or remembered, checks all of
its addresses and connects to one of those. A host that moves is followed within KEPT_SECONDS, whatever its
record's TTL, which the system's resolver does not tell.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from doorbell.egress.guard import Resolver

KEPT_SECONDS: Final = 1.0
MAX_NAMES: Final = 256


@dataclass(frozen=True, slots=True)
class _Answer:
    """`at` and `at_wall`: when it was asked for."""

    addresses: Sequence[str]
    at: float
    at_wall: float


class RecentNames:
    """A Resolver that asks another one. Thread-safe. A failure, or no address at all, is not remembered.

    Age is told by both clocks: a monotonic clock may stand still while a Lambda sandbox is frozen, and the
    other one may be set.
    """

    def __init__(
        self,
        resolver: Resolver,
        *,
        limit: int = MAX_NAMES,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._resolver, self._limit = resolver, limit
        self._clock, self._wall_clock = clock, wall_clock
        self._lock = threading.Lock()
        self._answers: dict[str, _Answer] = {}

    def __call__(self, host: str, timeout_seconds: float) -> Sequence[str]:
        """Raises what the other one raises."""
        at, at_wall = self._clock(), self._wall_clock()
        with self._lock:
            known = self._answers.get(host)
        if known and at - known.at < KEPT_SECONDS and 0 <= at_wall - known.at_wall < KEPT_SECONDS:
            return known.addresses
        addresses = self._resolver(host, timeout_seconds)
        if addresses:
            self._remember(host, _Answer(addresses, at, at_wall))
        return addresses

    def _remember(self, host: str, answer: _Answer) -> None:
        """The last asked for is the last to be forgotten."""
        with self._lock:
            self._answers.pop(host, None)
            self._answers[host] = answer
            if len(self._answers) > self._limit:
                del self._answers[next(iter(self._answers))]
