"""Host names to addresses by the system's resolver, within a time and with a bounded number of threads.

`getaddrinfo` takes no time-out and cannot be interrupted. It runs in a thread beside the caller's; a caller
that waits too long leaves it behind. Callers that ask for the same name share one look-up, so a name whose
servers hang holds one thread, not all of them.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from queue import Empty, SimpleQueue
from typing import Final

from doorbell.egress.errors import LOOKUPS_BUSY, GuardError

MAX_LOOKUPS: Final = 256
"""Two and a half times what a batch of a hundred asks for at once: names that hang leave room for others."""
IDLE_SECONDS: Final = 60.0
"""How long a thread waits for its next look-up."""


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
        self._helpers = _Helpers()

    def __call__(self, host: str, timeout_seconds: float) -> Sequence[str]:
        """Raises GuardError `dns_failed`, `timeout` when the answer is late, or `lookups_busy`: others' names
        hang, which says nothing of this one."""
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
                raise GuardError(LOOKUPS_BUSY, f"{self._max_lookups} look-ups hang already")
            future: Future[Sequence[str]] = Future()
            self._running[host] = future
        try:
            self._helpers.run(lambda: self._run(host, future))
        except RuntimeError as error:
            with self._lock:
                del self._running[host]
            raise GuardError(LOOKUPS_BUSY, "no thread left for the look-up") from error
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


type _Task = Callable[[], None]


class _Helpers:
    """Threads that are kept: starting one takes longer than most look-ups. Daemons, unlike those of a
    `ThreadPoolExecutor`: a look-up that hangs must not hold up the end of the process. Never more of them
    than tasks that ran at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[SimpleQueue[_Task]] = []

    def run(self, task: _Task) -> None:
        """`task` never raises. Raises RuntimeError when no thread can be started."""
        with self._lock:
            inbox = self._idle.pop() if self._idle else None
        if inbox is None:
            inbox = SimpleQueue()
            threading.Thread(target=self._serve, args=(inbox,), name="dns", daemon=True).start()
        inbox.put(task)

    def _serve(self, inbox: SimpleQueue[_Task]) -> None:
        while (task := self._next(inbox)) is not None:
            task()
            with self._lock:
                self._idle.append(inbox)

    def _next(self, inbox: SimpleQueue[_Task]) -> _Task | None:
        """None after a while without any: unless one is just being handed over, the thread may end."""
        try:
            return inbox.get(timeout=IDLE_SECONDS)
        except Empty:
            with self._lock:
                if inbox in self._idle:
                    self._idle.remove(inbox)
                    return None
            return inbox.get()


def _reason(error: Exception) -> str:
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else type(error).__name__
