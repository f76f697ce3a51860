"""The answers to names asked a moment ago. glibc's resolver keeps none, so that each of a batch's deliveries
would ask for its own: that took a twelfth of the dispatcher's processor time.

It says nothing about which address may be called: whoever gets an answer, new or remembered, checks all of
its addresses and connects to one of those. A host that moves is followed within KEPT_SECONDS, whatever its
record's TTL, which the system's resolver does not tell.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from doorbell.domain.clocks import CLOCKS, NEVER, Clocks, Moment
from doorbell.egress.errors import LOOKUPS_BUSY, GuardError
from doorbell.egress.guard import Resolver

KEPT_SECONDS: Final = 1.0
STALE_SECONDS: Final = 300.0
"""How old an answer may be that serves while others' names take up all look-ups: whose names hang must not
keep those from their subscribers whose names are known (RFC 8767 does so where a name's servers are out)."""
MAX_NAMES: Final = 256


@dataclass(frozen=True, slots=True)
class _Answer:
    """`at`: when it was asked for."""

    addresses: Sequence[str]
    at: Moment


class RecentNames:
    """A Resolver that asks another one. Thread-safe. A failure, or no address at all, is not remembered."""

    def __init__(
        self,
        resolver: Resolver,
        *,
        limit: int = MAX_NAMES,
        clocks: Clocks = CLOCKS,
    ) -> None:
        self._resolver, self._limit, self._clocks = resolver, limit, clocks
        self._lock = threading.Lock()
        self._answers: dict[str, _Answer] = {}

    def __call__(self, host: str, timeout_seconds: float) -> Sequence[str]:
        """Raises what the other one raises."""
        with self._lock:
            known = self._answers.get(host)
        age = self._clocks.age(known.at if known else NEVER)
        if known and age < KEPT_SECONDS:
            return known.addresses
        at = self._clocks.now()
        try:
            addresses = self._resolver(host, timeout_seconds)
        except GuardError as error:
            if error.code == LOOKUPS_BUSY and known and age < STALE_SECONDS:
                return known.addresses
            raise
        if addresses:
            self._remember(host, _Answer(addresses, at))
        return addresses

    def _remember(self, host: str, answer: _Answer) -> None:
        """The last asked for is the last to be forgotten."""
        with self._lock:
            self._answers.pop(host, None)
            self._answers[host] = answer
            if len(self._answers) > self._limit:
                del self._answers[next(iter(self._answers))]
