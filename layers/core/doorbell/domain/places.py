"""Places in flight: who may go, and when it is the turn of those who may not. Pure; times are epoch seconds.

Who finds all places taken gets a turn, the next in line. The line moves as fast as places become free, which
is told by how long messages stayed in them of late. So that a turn rarely finds no place, it moves a little
slower than that, and nobody enters past the line while its turns fill the places.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

UNKNOWN_STAY_SECONDS = 1.0
SLACK = 1.1
"""Messages come up to a second or so after their turn: SQS delays are whole seconds."""
WEIGHT = 0.2
"""Of a stay, in what is known of all."""
PLANNED_SECONDS = 900.0
"""A turn further off is not given, unless the message has waited for as long already: the endpoint may be
faster by then. Whoever would get one comes back and asks anew; so a wait at most doubles."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The next in line, `at_least` then; the line grows by `step` seconds."""

    at_least: float
    step: float


@dataclass(frozen=True, slots=True)
class Places:
    """As an endpoint's item has them. `held`: until when, by lease id. `stay_seconds`: for how long they
    were held of late. `turn_at`: the end of the line, the first turn that nobody has."""

    held: Mapping[str, float] = field(default_factory=dict)
    stay_seconds: float | None = None
    turn_at: float | None = None

    def live(self, now: float) -> dict[str, float]:
        """A place whose lease has ended is free: a dead worker keeps none."""
        return {name: until for name, until in self.held.items() if until >= now}

    def admits(self, lease_id: str, limit: int, now: float, *, in_turn: bool) -> bool:
        """`in_turn`: it has waited for its turn. Others let the line pass, unless that leaves places idle."""
        live = self.live(now)
        if lease_id in live:
            return True
        return len(live) < limit and (in_turn or not self.has_line(now) or 2 * len(live) < limit)

    def has_line(self, now: float) -> bool:
        return self.turn_at is not None and self.turn_at > now

    def next_turn(self, limit: int, lease_seconds: float, now: float) -> Turn:
        """`lease_seconds`: how long the leases are by which places are held, which tells since when they are.
        They will stay at least as long as half of them have already."""
        ages = sorted(max(0.0, lease_seconds - (until - now)) for until in self.live(now).values())
        usual = UNKNOWN_STAY_SECONDS if self.stay_seconds is None else self.stay_seconds
        stay = max(usual, ages[len(ages) // 2] if ages else 0.0)
        first_free = stay - ages[-1] if ages else 0.0
        return Turn(now + max(1.0, first_free), stay / limit * SLACK)

    def after(self, seconds: float) -> float:
        """`stay_seconds` after a stay of so long."""
        known = self.stay_seconds
        return seconds if known is None else known + (seconds - known) * WEIGHT


@dataclass(frozen=True, slots=True)
class Entry:
    """Whether there was a place, and what was seen."""

    is_in: bool
    places: Places
