"""Connections kept for reuse: few, young, and never used past a change of address."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from doorbell.domain.clocks import CLOCKS, Clocks, Moment
from doorbell.domain.quick import quick
from doorbell.egress.addresses import Address
from doorbell.egress.connections import PinnedConnection
from doorbell.egress.tls import TlsMaterial

MAX_IDLE: Final = 128
MAX_IDLE_PER_KEY: Final = 100
MAX_IDLE_SECONDS: Final = 4.0
"""Where the server does not say how long it keeps a silent connection: a second less than Node.js and Apache
do, since a request sent into one that is just closed is a lost attempt.
https://nodejs.org/api/http.html#serverkeepalivetimeout
https://httpd.apache.org/docs/2.4/mod/core.html#keepalivetimeout"""
MAX_ANNOUNCED_SECONDS: Final = 20.0
_EARLIER_SECONDS: Final = 1.0
"""Than the server said."""


_TIMEOUT: Final = re.compile(r"(?:^|[,\s])timeout=(\d{1,6})(?:$|[,\s])", re.ASCII | re.IGNORECASE)


@quick
class PoolKey:
    """What two requests must share to use one connection, beside its address being among the ones just
    checked."""

    scheme: str
    host: str
    port: int
    tls: TlsMaterial


@quick
class _Idle:
    connection: PinnedConnection
    since: Moment
    max_seconds: float


class IdleConnections:
    """Bounded in number and age, least recently used closed first. Thread-safe."""

    def __init__(
        self,
        *,
        limit: int = MAX_IDLE,
        per_key: int = MAX_IDLE_PER_KEY,
        max_seconds: float = MAX_IDLE_SECONDS,
        clocks: Clocks = CLOCKS,
    ) -> None:
        self._limit, self._per_key, self._max_seconds = limit, per_key, max_seconds
        self._clocks = clocks
        self._lock = threading.Lock()
        self._idle: OrderedDict[PoolKey, list[_Idle]] = OrderedDict()

    def take(self, key: PoolKey, addresses: Sequence[Address]) -> PinnedConnection | None:
        """The freshest live connection for `key` whose peer is one of `addresses`. Closed are those found on
        the way that are not, and those of the key that are too old."""
        taken: PinnedConnection | None = None
        closing: list[PinnedConnection] = []
        with self._lock:
            group, now = self._idle.pop(key, []), self._clocks.now()
            while group and taken is None:
                idle = group.pop()
                if _is_usable(idle, now, addresses):
                    taken = idle.connection
                else:
                    closing.append(idle.connection)
            young = [idle for idle in group if not _is_old(idle, now)]
            if len(young) < len(group):
                closing += [idle.connection for idle in group if _is_old(idle, now)]
            if young:
                self._idle[key] = young
        for connection in closing:
            connection.close()
        return taken

    def put(self, key: PoolKey, connection: PinnedConnection, keep_alive: str = "") -> None:
        """`keep_alive` is the answer's header of that name."""
        surplus: list[_Idle] = []
        max_seconds = _announced(keep_alive, self._max_seconds)
        with self._lock:
            group = self._idle.setdefault(key, [])
            self._idle.move_to_end(key)
            group.append(_Idle(connection, self._clocks.now(), max_seconds))
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


def _is_usable(idle: _Idle, now: Moment, addresses: Sequence[Address]) -> bool:
    connection = idle.connection
    return not _is_old(idle, now) and connection.peer in addresses and connection.is_at_rest


def _is_old(idle: _Idle, now: Moment) -> bool:
    return now.after(idle.since) >= idle.max_seconds


def _announced(keep_alive: str, default: float) -> float:
    """`timeout=…`, in whole seconds, of a Keep-Alive header. https://www.rfc-editor.org/rfc/rfc2068#section-19.7.1"""
    found = _TIMEOUT.search(keep_alive)
    return default if found is None else min(float(found[1]) - _EARLIER_SECONDS, MAX_ANNOUNCED_SECONDS)
