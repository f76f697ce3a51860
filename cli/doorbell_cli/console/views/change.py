"""A changed subscription on recorded events: what it would have got, and what it did get."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """`at`: when it was recorded, epoch seconds."""

    event_id: str
    at: float
    event_type: str
    source_id: str
    matches: bool
    why: str


@dataclass(frozen=True, slots=True)
class Change:
    """`seen` events were looked at; `unknown` more could not be asked, as their bodies are gone."""

    matched: int
    seen: int
    before: int
    unknown: int
    samples: Sequence[Sample]
