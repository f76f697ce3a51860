"""Host names to addresses by the system's resolver, within a time and with a bounded number of threads.

`getaddrinfo` takes no time-out and cannot be interrupted. It runs in a thread of its own; a caller that
waits too long leaves it behind. Callers that ask for the same name share one look-up, so a name whose
servers hang holds one thread, not all of them.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Final

from doorbell.egress.errors import GuardError

MAX_LOOKUPS: Final = 32


def system_lookup(host: str) -> tuple[str, ...]:
    """All addresses in the system's order. As bytes, so that Python's IDNA codec has no say in the name."""
    found = socket.getaddrinfo(host.encode("ascii"), None, type=socket.SOCK_STREAM)
    return tuple(str(entry[4][0]) for entry in found)


class SystemResolver:
    def __init__(
        self, lookup: Callable[[str], Sequence[str]] = system_lookup, max_lookups: int = MAX_LOOKUPS
    ) -> None:
        self._lookup = lookup
        self._max_lookups = max_lookups
        self._lock = threading.Lock()
        self._running: dict[str, Future[Sequence[str]]] = {}

    def __call__(self, host: str, timeout_seconds: float) -> Sequence[str]:
        """Raises GuardError `dns_failed`, or `timeout` when the answer is late."""
        try:
            return self._join_or_start(host).result(timeout_seconds)
        except FutureTimeout as error:
            raise GuardError("timeout", f"looking up {host} took too long") from error
        except (OSError, UnicodeError) as error:
            raise GuardError("dns_failed", f"looking up {host}: {_reason(error)}") from error

    def _join_or_start(self, host: str) -> Future[Sequence[str]]:
        with self._lock:
            running = self._running.get(host)
            if running is not None:
                return running
            if len(self._running) >= self._max_lookups:
                raise GuardError("dns_failed", f"{self._max_lookups} look-ups hang already")
            future: Future[Sequence[str]] = Future()
            self._running[host] = future
        try:
            threading.Thread(target=self._run, args=(host, future), name="dns", daemon=True).start()
        except RuntimeError as error:
            with self._lock:
                del self._running[host]
            raise GuardError("dns_failed", "no thread left for the look-up") from error
        return future

    def _run(self, host: str, future: Future[Sequence[str]]) -> None:
        try:
            result, failure = self._lookup(host), None
        except Exception as error:
            result, failure = (), error
        with self._lock:  # before the result is out: whoever asks after it asks anew
            del self._running[host]
        if failure is None:
            future.set_result(result)
        else:
            future.set_exception(failure)


def _reason(error: Exception) -> str:
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else type(error).__name__
