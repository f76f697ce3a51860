"""An incident: what goes wrong somewhere, how often, and what people were told of it. Pure; epoch seconds.

    noted ──▶ told ──▶ noted again: counted ──▶ told again, once a window
                 │
                 └──▶ over: told at once ──▶ quiet for a window ──▶ gone

What is told is how things are at the look and not what was noted last: notes get lost and come late. What is
to be rung is written down first: should its ringer die, the next look rings just that, whatever has become
of it since. So who is told of a trouble is told of its end, and an endpoint that comes and goes makes two
messages a window.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from doorbell.domain.own_events import DISABLED, ENDS

WINDOW_SECONDS = 300.0
"""Between two messages of one incident, but for its end."""
CHECK_SECONDS = {"health": 3600.0, "dead-letters": 300.0, "late": 60.0}
"""How often an open one is looked at although nothing was noted: its end may have got lost."""


class Cause(StrEnum):
    HEALTH = "health"
    EXHAUSTED = "exhausted"
    DEAD_LETTERS = "dead-letters"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Ringing:
    """A message that may have been sent, and is not on record as told yet: its kind, its numbers, and how
    often the trouble was noted by then."""

    kind: str
    count: int
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Incident:
    """`kind` and `detail` are those of the last note, `count` that of all since `since`. `told`: the kind
    of the last message, the `number`-th, with which `told_count` were told; `ringing` is the next one, while
    it is sent. `version` changes with notes."""

    cause: Cause
    about: str
    kind: str
    since: float
    last_at: float
    count: int
    version: int
    detail: Mapping[str, Any] = field(default_factory=dict)
    told: str = ""
    told_at: float = 0.0
    told_count: int = 0
    number: int = 0
    ringing: Ringing | None = None
    wake_at: float | None = None

    def key_of(self, kind: str) -> str:
        """Of the next message: the same, however often it is sent."""
        return f"{self.cause}/{self.about}/{self.since:.6f}/{self.number + 1}/{kind}"


@dataclass(frozen=True, slots=True)
class Tell:
    kind: str


@dataclass(frozen=True, slots=True)
class Sleep:
    until: float


@dataclass(frozen=True, slots=True)
class End:
    """Nothing more will come of it; what happens from now on is another."""


type Step = Tell | Sleep | End


def next_step(incident: Incident, present: str, now: float) -> Step:
    """`present`: the kind of event that says how things are."""
    window_ends = incident.told_at + WINDOW_SECONDS
    quiet = End() if now >= window_ends else Sleep(window_ends)
    if present != incident.told:
        at_once = not incident.told or present in ENDS or present == DISABLED or now >= window_ends
        return Tell(present) if at_once else Sleep(window_ends)
    if present in ENDS or present == DISABLED:
        return quiet
    if incident.cause is Cause.EXHAUSTED:
        is_news = incident.count > incident.told_count and now >= window_ends
        return (
            Tell(present)
            if is_news
            else quiet
            if incident.count == incident.told_count
            else Sleep(window_ends)
        )
    return Sleep(now + CHECK_SECONDS[incident.cause])
