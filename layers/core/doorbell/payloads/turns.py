"""Turns at what only one may do at a time, taken by turns among those they are for."""

from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from doorbell.domain.errors import Busy


class Turns:
    """Safe among threads. Turns go round among owners: who has a hundred waiting keeps another's first from
    its turn for one of its own, not for a hundred."""

    def __init__(self, what: str, seconds: float) -> None:
        """Who waits longer than `seconds` is told that `what` is `Busy`."""
        self._what, self._seconds = what, seconds
        self._lock, self._taken = Lock(), False
        self._waiting: OrderedDict[str, deque[Lock]] = OrderedDict()

    @property
    def waiting(self) -> int:
        return sum(len(theirs) for theirs in self._waiting.values())

    @contextmanager
    def turn(self, owner: str) -> Iterator[None]:
        if not self._come(owner):
            raise Busy(self._what)
        try:
            yield
        finally:
            self._pass_on()

    def _come(self, owner: str) -> bool:
        with self._lock:
            if not self._taken:
                self._taken = True
                return True
            mine = Lock()
            mine.acquire()
            self._waiting.setdefault(owner, deque()).append(mine)
        if mine.acquire(timeout=self._seconds):
            return True
        with self._lock:
            if mine.acquire(blocking=False):  # it came in this very moment
                return True
            self._waiting[owner].remove(mine)
            if not self._waiting[owner]:
                del self._waiting[owner]
            return False

    def _pass_on(self) -> None:
        with self._lock:
            if not self._waiting:
                self._taken = False
                return
            owner, theirs = self._waiting.popitem(last=False)
            theirs.popleft().release()
            if theirs:
                self._waiting[owner] = theirs
