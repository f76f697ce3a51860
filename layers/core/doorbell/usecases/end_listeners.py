"""End the listeners that are away for good: first the subscription, so that nothing is sent any more, then
the queue, then the note of it. Whoever dies in between is followed by the look of an hour later, which does
it again. A listener that comes back makes anew what it misses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from doorbell.domain.errors import Unavailable
from doorbell.domain.listening import Listener, queue_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from doorbell.usecases.ports import Clock, Log


class Listeners(Protocol):
    def away(self, now: float) -> Iterable[Listener]: ...

    def forget(self, listener: Listener) -> None:
        """Unless it gave a sign of life since then."""


class Subscriptions(Protocol):
    def remove(self, listener: Listener) -> None:
        """Only while it points at the listener's queue."""


class Queues(Protocol):
    def remove(self, queue_url: str) -> None: ...


@dataclass(frozen=True, slots=True)
class EndListeners:
    listeners: Listeners
    subscriptions: Subscriptions
    queues: Queues
    stack: str
    clock: Clock
    log: Log

    def __call__(self) -> None:
        """Deliveries do not wait for it: what does not answer is told to the log."""
        try:
            for listener in self.listeners.away(self.clock()):
                self._end(listener)
        except Unavailable as error:
            self.log.error("listeners_not_ended", operation=error.operation, cause=error.cause)

    def _end(self, listener: Listener) -> None:
        name = queue_name(self.stack, listener.tenant_id, listener.subscription_id)
        self.subscriptions.remove(listener)
        if listener.queue_url.rpartition("/")[2] == name:  # else it is not the queue of this one
            self.queues.remove(listener.queue_url)
        self.listeners.forget(listener)
        self.log.info("listener_ended", tenant=listener.tenant_id, subscription=listener.subscription_id)
