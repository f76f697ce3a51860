"""One line of the table that `make bench` prints."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`ratio` is `what` over `against`, both taken in one run; `goal` None: told, not judged.

    `figures` are what the ratio was made of, the unit in each name ("ours_p50_ms").
    """

    row: int
    what: str
    against: str
    ratio: float
    goal: float | None = None
    bound: Literal["at most", "at least"] = "at most"
    figures: Mapping[str, float | int | str] = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        if self.goal is None:
            return None
        return self.ratio <= self.goal if self.bound == "at most" else self.ratio >= self.goal

    @property
    def goal_text(self) -> str:
        if self.goal is None:
            return ""
        return f"{'≤' if self.bound == 'at most' else '≥'} {self.goal:g}"

    def document(self) -> dict[str, Any]:
        return {**asdict(self), "met": self.met}
