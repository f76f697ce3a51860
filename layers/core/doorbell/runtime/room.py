"""Room for large bodies: how many bytes of them the deliveries of one environment hold at once.

A body is held until its subscriber has answered, and a transform may have made twice as much of it: a hundred
of the largest would be more than the function has. Ten of the largest, a batch of AWS's usual size, always
find room; beyond that one subscription leaves half of it to the others.
"""

from collections import Counter
from contextlib import AbstractContextManager
from threading import Condition, local

from doorbell.domain.around import Around
from doorbell.domain.errors import Busy

LARGEST = 4_500_000
ROOM_BYTES = 20 * LARGEST
EACH_BYTES = 10 * LARGEST
"""Of one subscription. `make bench BENCH_ARGS="--row 9"` holds it against the function's memory."""
WAIT_SECONDS = 2.0
"""Who waits longer comes again: it would be for a subscriber that takes its time."""


class Room:
    """Safe among threads; a thread is one guest at a time."""

    def __init__(
        self, room: int = ROOM_BYTES, each: int = EACH_BYTES, wait_seconds: float = WAIT_SECONDS
    ) -> None:
        self._room, self._each, self._wait_seconds = room, each, wait_seconds
        self._held: Counter[str] = Counter()
        self._changed = Condition()
        self._guest = local()

    def guest(self, owner: str) -> AbstractContextManager[None]:
        """What this thread takes until the end is `owner`'s, and is given back then."""
        self._guest.owner, self._guest.size = owner, 0
        return Around(self._gone)

    def _gone(self) -> None:
        owner, size = self._guest.owner, self._guest.size
        self._guest.owner = None
        if size:
            with self._changed:
                self._held[owner] -= size
                if not self._held[owner]:  # who was here once is not kept for ever
                    del self._held[owner]
                self._changed.notify_all()

    def take(self, size: int) -> None:
        """Waits until there is room for `size` bytes more. Raises `Busy` where none comes. Who is no guest is
        not held up, nor who is alone."""
        owner: str | None = getattr(self._guest, "owner", None)
        if owner is None:
            return
        with self._changed:
            if not self._changed.wait_for(lambda: self._fits(owner, size), self._wait_seconds):
                raise Busy("memory")
            self._held[owner] += size
        self._guest.size += size

    def _fits(self, owner: str, size: int) -> bool:
        held = self._held.total()
        return not held or (held + size <= self._room and self._held[owner] + size <= self._each)
