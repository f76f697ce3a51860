"""Inspect: the whole story of an event."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from doorbell.domain.deliveries import Delivery
from doorbell.domain.errors import Refusal
from doorbell.domain.records import StoredEvent


@dataclass(frozen=True, slots=True)
class Story:
    """An event with all its deliveries, each with its attempts."""

    event: StoredEvent
    deliveries: tuple[Delivery, ...]


class Stories(Protocol):
    def story(self, event_id: str) -> tuple[StoredEvent, Sequence[Delivery]] | None: ...


@dataclass(frozen=True, slots=True)
class Inspect:
    stories: Stories

    def __call__(self, event_id: str) -> Story:
        """Refuses (404) an event that is unknown or has expired."""
        found = self.stories.story(event_id)
        if found is None:
            raise Refusal(404, "unknown_event", "no such event, or it has expired")
        return Story(found[0], tuple(found[1]))
