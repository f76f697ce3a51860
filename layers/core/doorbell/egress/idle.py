"""Connections kept for reuse: few, young, and never used past a change of address."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from doorbell.egress.addresses import Address
from doorbell.egress.connections import PinnedConnection
from doorbell.egress.tls import TlsMaterial

MAX_IDLE: Final = 64
MAX_IDLE_PER_KEY: Final = 10
MAX_IDLE_SECONDS: Final = 20.0
"""Shorter than most servers keep a silent connection, since a request sent into a closed one is a lost
attempt."""


@dataclass(frozen=True, slots=True)
class PoolKey:
    """What two requests must share to use one connection, beside its address being among the ones just
    checked."""

    scheme: str
    host: str
    port: int
    tls: TlsMaterial


@dataclass(frozen=True, slots=True)
class _Idle:
    connection: PinnedConnection
    since: float
    since_wall: float


class IdleConnections:
    """Bounded in number and age, least recently used closed first. Thread-safe.

    Age is the greater of both clocks: a monotonic clock may stand still while a Lambda sandbox is frozen.
    """

    def __init__(
        self,
        *,
        limit: int = MAX_IDLE,
        per_key: int = MAX_IDLE_PER_KEY,
        max_seconds: float = MAX_IDLE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._limit, self._per_key, self._max_seconds = limit, per_key, max_seconds
        self._clock, self._wall_clock = clock, wall_clock
        self._lock = threading.Lock()
        self._idle: OrderedDict[PoolKey, list[_Idle]] = OrderedDict()

    def take(self, key: PoolKey, addresses: Sequence[Address]) -> PinnedConnection | None:
        """The freshest live connection for `key` whose peer is one of `addresses`. Closed are those found on
        the way that are not, and those of the key that are too old."""
        taken: PinnedConnection | None = None
        closing: list[PinnedConnection] = []
        with self._lock:
            group = self._idle.pop(key, [])
            while group and taken is None:
                idle = group.pop()
                if self._usable(idle, addresses):
                    taken = idle.connection
                else:
                    closing.append(idle.connection)
            while group and self._is_old(group[0]):
                closing.append(group.pop(0).connection)
            if group:
                self._idle[key] = group
        for connection in closing:
            connection.close()
        return taken

    def put(self, key: PoolKey, connection: PinnedConnection) -> None:
        surplus: list[_Idle] = []
        with self._lock:
            group = self._idle.setdefault(key, [])
            self._idle.move_to_end(key)
            group.append(_Idle(connection, self._clock(), self._wall_clock()))
            if len(group) > self._per_key:
                surplus.append(group.pop(0))
            while sum(map(len, self._idle.values())) > self._limit:
                oldest = next(iter(self._idle))
                surplus.append(self._idle[oldest].pop(0))
                if not self._idle[oldest]:
                    del self._idle[oldest]
        for idle in surplus:
            idle.connection.close()

    def close(self) -> None:
        with self._lock:
            groups, self._idle = self._idle, OrderedDict()
        for group in groups.values():
            for idle in group:
                idle.connection.close()

    def _usable(self, idle: _Idle, addresses: Sequence[Address]) -> bool:
        at_rest = idle.connection
        return not self._is_old(idle) and at_rest.peer in addresses and at_rest.is_connected

    def _is_old(self, idle: _Idle) -> bool:
        age = max(self._clock() - idle.since, self._wall_clock() - idle.since_wall)
        return age >= self._max_seconds
