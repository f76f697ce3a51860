"""Deliveries of one subscription that are sent in the same moment share a call.

    thread 1  share ─┐ the first waits: for those of its subscription that are still on their way, or until
    thread 2  share ─┼─▶ the call is full, but not for long; then it makes the call
    thread 3  share ─┘   the others wait for their own part of the answer

Only those of one subscription, for one target and one role: a call that is refused because of one of its
entries, is denied, or takes long, says so of nobody else's deliveries.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from threading import Event, Lock, get_ident
from typing import Any, Final, Protocol

from doorbell.domain.around import Around

LINGER_SECONDS: Final = 0.05
"""The longest that a delivery waits for others. Those of a batch are claimed in the same call, so they come
in the same moment; later comes only whose body has to be fetched first."""


class Signal(Protocol):
    def set(self) -> object: ...
    def wait(self, timeout: float | None = None) -> object: ...


@dataclass(frozen=True, slots=True)
class Room:
    """What one call takes."""

    entries: int
    size: int


@dataclass(eq=False, slots=True)
class _Group:
    """`full`: nobody joins it any more. `answers` are there, or `error`, once `answered` is set."""

    whose: str
    room: Room
    full: Signal
    answered: Signal
    things: list[Any] = field(default_factory=list)
    size: int = 0
    answers: Sequence[Any] = ()
    error: BaseException | None = None

    def takes(self, size: int) -> bool:
        return len(self.things) < self.room.entries and self.size + size <= self.room.size

    def add(self, thing: object, size: int) -> int:
        self.things.append(thing)
        self.size += size
        return len(self.things) - 1

    def carry(self, by: Callable[[Sequence[Any]], Sequence[Any]]) -> None:
        """Whatever happens, nobody is left waiting."""
        try:
            self.answers = by(self.things)
        except BaseException as error:
            self.error = error
            raise
        finally:
            self.answered.set()

    def answer(self, place: int) -> Any:
        if self.error is not None:
            raise RuntimeError("the call that was shared failed") from self.error
        return self.answers[place]


class Company:
    """Of one batch. `coming`: how many deliveries it has of each subscription. Safe among threads; `who`
    tells them apart, `signal` makes what they wait for each other with."""

    def __init__(
        self,
        coming: Mapping[str, int],
        signal: Callable[[], Signal] = Event,
        who: Callable[[], Hashable] = get_ident,
    ) -> None:
        self._coming, self._signal, self._who = dict(coming), signal, who
        self._lock = Lock()
        self._at_work: dict[Hashable, str] = {}
        self._open: dict[Hashable, _Group] = {}

    def member(self, whose: str) -> AbstractContextManager[None]:
        """Around a delivery: when it has ended, nobody waits for it any more."""
        with self._lock:
            self._at_work[self._who()] = whose
        return Around(self._left)

    def _left(self) -> None:
        with self._lock:
            self._came()
            self._close_what_is_complete()

    def share[T, A](
        self, key: Hashable, thing: T, size: int, room: Room, carry: Callable[[Sequence[T]], Sequence[A]]
    ) -> A:
        """What `carry` answers for `thing`. It is called with all that came under the same key, in the order
        in which they came: as many as there is `room` for."""
        with self._lock:
            whose = self._came()
            group = self._open.get(key)
            if group is not None and not group.takes(size):
                self._close(key)
                group = None
            first = group is None
            if group is None:
                group = self._open[key] = _Group(whose, room, self._signal(), self._signal())
            place = group.add(thing, size)
            self._close_what_is_complete()
        if first:
            group.full.wait(LINGER_SECONDS)
            with self._lock:
                if self._open.get(key) is group:
                    self._close(key)
            group.carry(carry)
        else:
            group.answered.wait()
        answer: A = group.answer(place)
        return answer

    def _came(self) -> str:
        """It is on its way no more: it has joined a call, or has ended without one."""
        whose = self._at_work.pop(self._who(), "")
        if whose:
            self._coming[whose] = self._coming.get(whose, 0) - 1
        return whose

    def _close_what_is_complete(self) -> None:
        for key, group in list(self._open.items()):
            if self._coming.get(group.whose, 0) <= 0 or len(group.things) >= group.room.entries:
                self._close(key)

    def _close(self, key: Hashable) -> None:
        self._open.pop(key).full.set()
