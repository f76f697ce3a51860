"""A changed subscription on recorded events: what it would have got, and what it did get."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doorbell.domain.matching import Reason
from doorbell_cli.ops.previewing import Tally
from doorbell_cli.ops.stories import reason_text


@dataclass(frozen=True, slots=True)
class Sample:
    """`at`: when it was recorded, epoch seconds. `matched`: it did then; `matches`: it would have."""

    event_id: str
    at: float
    event_type: str
    source_id: str
    matched: bool
    matches: bool
    why: str


@dataclass(frozen=True, slots=True)
class Change:
    """`seen` events were looked at; `unknown` more could not be asked, as their bodies are gone. `different`
    of them would have gone another way than they did; those come first among the samples."""

    matched: int
    seen: int
    before: int
    different: int
    unknown: int
    samples: Sequence[Sample]


@dataclass(frozen=True, slots=True)
class Made:
    """What would be sent of one event. `came`, `sent`: texts, JSON laid out; None: it is no text. `problem`:
    why nothing could be made of it, "": it could."""

    event_id: str
    came: str | None
    sent: str | None
    content_type: str
    problem: str


def change(tally: Tally) -> Change:
    rows = [*tally.differing, *tally.samples[True], *tally.samples[False]]
    samples = {one["event_id"]: _sample(one) for one in rows}
    numbers = (tally.matched, tally.seen, tally.before, tally.different, tally.unknown)
    return Change(*numbers, list(samples.values()))


def _sample(one: Mapping[str, Any]) -> Sample:
    why = reason_text(Reason(one["reason"]), one["detail"])
    what = (one["event_type"], one["source_id"], one["before"], one["matched"])
    return Sample(one["event_id"], one["at"], *what, why)
