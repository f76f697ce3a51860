"""What waiting needs of the world, as `ports` says it of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from doorbell.domain.claims import DeliveryMessage, WakeCall, WakeRow
    from doorbell.domain.shelves import Listed


class Shelves(Protocol):
    def ready(self) -> bool:
        """Whether who is filed can be found."""

    def waiting(self, endpoint_id: str, after: float | None, until: float, limit: int) -> Listed:
        """About `limit` of those who wait, after `after` up to `until`; at least one if there is any."""


class Wakes(Protocol):
    def due(self, until: float) -> Iterable[WakeRow]: ...


class WakingQueue(Protocol):
    """The deliveries queue, for calls of both kinds; see `ports.DeliveriesQueue`."""

    def send(self, messages: Iterable[tuple[DeliveryMessage, int]]) -> None: ...
    def wake(self, calls: Iterable[tuple[WakeCall, int]]) -> None: ...
