"""One line of the table that `make bench` prints."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`ratio` is `what` over `against`, both taken in one run; `goal` None: told, not judged.

    `of_baseline`: what the ratio is of the same line's of another commit, where that was measured too.
    `figures` are what the ratio was made of, the unit in each name ("ours_p50_ms").
    """

    row: str
    what: str
    against: str
    ratio: float
    goal: float | None = None
    bound: Literal["at most", "at least"] = "at most"
    figures: Mapping[str, float | int | str] = field(default_factory=dict)
    of_baseline: float | None = None

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


def beside(lines: Sequence[Line], before: Iterable[Line]) -> list[Line]:
    """`lines`, each told as a share of the line of `before` that measures the same, if there is one."""
    there = {(line.row, line.what, line.against): line.ratio for line in before}
    ratios = [there.get((line.row, line.what, line.against)) for line in lines]
    return [
        replace(line, of_baseline=line.ratio / ratio) if ratio else line
        for line, ratio in zip(lines, ratios, strict=True)
    ]
