"""How an endpoint was, and since when: what changed, as it was written down, made into spans. Pure; epoch
seconds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from doorbell.domain.own_events import DISABLED, PARKED, RECOVERED


class Condition(StrEnum):
    HEALTHY = "healthy"
    PARKED = "parked"
    PAUSED = "paused"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Changed:
    """`kind` is that of the notice, `why` what made it so: a status, an error, ""."""

    at: float
    kind: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """`changes`: earliest first. `off` and `paused`: since and until, as people did it; what lasts still has
    the end `FOR_NOW`. `parked`: it is now."""

    changes: Sequence[Changed] = ()
    off: Sequence[tuple[float, float]] = ()
    paused: Sequence[tuple[float, float]] = ()
    parked: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """`until` None: it lasts. `why` "": not on record."""

    condition: Condition
    since: float
    until: float | None
    why: str = ""


FOR_NOW = float("inf")


def spans(record: Record, since: float, now: float) -> Sequence[Span]:
    """Earliest first, without a gap from `since` to `now`. Off goes before paused, and paused before parked:
    nobody asks an endpoint whose subscription is off. A parking whose end is not on record ends with what is
    written down next, or now."""
    parked = list(_parkings(record))
    layers = [
        (Condition.DISABLED, [(begin, end, "") for begin, end in record.off]),
        (Condition.PAUSED, [(begin, end, "") for begin, end in record.paused]),
        (Condition.PARKED, parked),
    ]
    times = {since, now} | {
        time for _, found in layers for begin, end, _ in found for time in (begin, end) if since < time < now
    }
    found = list[Span]()
    for begin, end in zip(ordered := sorted(times), ordered[1:], strict=False):
        condition, why = next(
            ((name, why) for name, some in layers for one, two, why in some if one <= begin < two),
            (Condition.HEALTHY, ""),
        )
        if found and (found[-1].condition, found[-1].why) == (condition, why):
            found[-1] = Span(condition, found[-1].since, end, why)
        else:
            found.append(Span(condition, begin, end, why))
    last = found[-1:] and [Span(found[-1].condition, found[-1].since, None, found[-1].why)]
    return [*found[:-1], *last]


def _parkings(record: Record) -> Iterator[tuple[float, float, str]]:
    """Since, until and why. One that began before all that is kept has the end alone."""
    open_since: Changed | None = None
    for number, change in enumerate(record.changes):
        if change.kind == PARKED:
            open_since = open_since or change
        elif change.kind in (RECOVERED, DISABLED):
            if open_since is not None:
                yield open_since.at, change.at, open_since.why
            elif number == 0 and change.kind == RECOVERED:
                yield 0.0, change.at, ""
            open_since = None
    if open_since is not None:
        yield open_since.at, FOR_NOW if record.parked else _lost_end(record, open_since), open_since.why


def _lost_end(record: Record, begun: Changed) -> float:
    """It is not parked any more, and nobody wrote down since when: when people switched it, else unknown."""
    return min((end for _, end in record.off if end > begun.at), default=begun.at + 1.0)
