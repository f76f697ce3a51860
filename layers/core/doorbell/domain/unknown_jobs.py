"""A job that a newer release wrote, met after a way back: of a kind, in a state or with fields that this one
does not know. It is shown, and stays as it is: nobody works on it, ends it or writes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from doorbell.domain.replays import Selection


@dataclass(frozen=True, slots=True)
class UnknownJob:
    """`kind` as it is on record. Of `selection` what this release can read."""

    job_id: str
    selection: Selection
    kind: str
    finished_at: ClassVar[float | None] = None
    cursor: ClassVar[Mapping[str, Any] | None] = None

    def rebased(self, now: float) -> "UnknownJob":
        return self
