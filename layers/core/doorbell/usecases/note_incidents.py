"""Note incidents: of the notices that go to the operators' bus, those that the sweeper tells as events.

One write each, and for what an endpoint's state was another, after all else is on record; a note that gets
lost is told to the log and not waited for.
Nothing of the tenant that hears of the others is noted: a notice would make the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from doorbell.domain.conditions import Changed
from doorbell.domain.errors import Unavailable
from doorbell.domain.incidents import Cause
from doorbell.domain.own_events import DISABLED, EXHAUSTED, PARKED, RECOVERED, is_own

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from doorbell.usecases.ports import Clock, Notices

NOTED = {
    PARKED: Cause.HEALTH,
    RECOVERED: Cause.HEALTH,
    DISABLED: Cause.HEALTH,
    EXHAUSTED: Cause.EXHAUSTED,
}
DETAIL = ("reason", "event_id", "problem")
"""What of a notice is not better asked at the look."""


class Notes(Protocol):
    def note(
        self, cause: Cause, about: str, kind: str, detail: Mapping[str, Any], now: float, *, soon: bool
    ) -> bool: ...


class Changes(Protocol):
    def add(self, endpoint_id: str, change: Changed) -> None: ...


@dataclass(frozen=True, slots=True)
class NoteIncidents:
    """The `Notices` port, before another. `on_lost` hears the kind of a note that could not be written, and
    why."""

    notices: Notices
    notes: Notes
    changes: Changes
    clock: Clock
    on_lost: Callable[[str, str], None]

    def publish(self, kind: str, detail: Mapping[str, object]) -> None:
        self.notices.publish(kind, detail)
        cause, about = NOTED.get(kind), str(detail.get("endpoint", ""))
        if cause is None or is_own(about):
            return
        kept = {name: detail[name] for name in DETAIL if name in detail}
        try:
            now = self.clock()
            self.notes.note(cause, about, kind, kept, now, soon=cause is Cause.HEALTH)
            if cause is Cause.HEALTH:
                self.changes.add(about, Changed(now, kind, str(detail.get("cause", ""))))
        except Unavailable as error:
            self.on_lost(kind, str(error))
