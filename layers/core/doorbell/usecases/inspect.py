"""Inspect: the whole story of an event."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from doorbell.domain.deliveries import Delivery
from doorbell.domain.errors import Refusal
from doorbell.domain.records import StoredEvent


@dataclass(frozen=True, slots=True)
class Story:
    """An event with its deliveries, each with its attempts. `after` is set where there are more: the place
    from which they go on."""

    event: StoredEvent
    deliveries: tuple[Delivery, ...]
    after: str | None = None


class Stories(Protocol):
    def story(self, event_id: str) -> tuple[StoredEvent, Sequence[Delivery]] | None: ...
    def page(
        self, event_id: str, after: str | None, limit: int
    ) -> tuple[StoredEvent, Sequence[Delivery], str | None] | None: ...


@dataclass(frozen=True, slots=True)
class Inspect:
    stories: Stories

    def __call__(self, event_id: str) -> Story:
        """Refuses (404) an event that is unknown or has expired."""
        found = self.stories.story(event_id)
        if found is None:
            raise _unknown()
        return Story(found[0], tuple(found[1]))

    def page(self, event_id: str, after: str | None, limit: int) -> Story:
        """With at most `limit` of its deliveries, those behind `after`. Refuses as the whole story does."""
        found = self.stories.page(event_id, after, limit)
        if found is None:
            raise _unknown()
        event, deliveries, following = found
        return Story(event, tuple(deliveries), following)


def _unknown() -> Refusal:
    return Refusal(404, "unknown_event", "no such event, or it has expired")
