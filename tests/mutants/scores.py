"""What came of a run: the score of each room, and who survived."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.mutants.rooms import ROOMS
from tests.mutants.runs import Tried

HEADINGS = "| room | tried | noticed | by the simulation alone | did not end | survived | one in |"


def table(tried: Iterable[Tried]) -> str:
    counts = {name: Counter[str]() for name in (*ROOMS, "all")}
    for one in tried:
        for name in (one.bug.room, "all"):
            counts[name].update(("tried", _end(one)))
    rows = [_row(name, count) for name, count in counts.items() if count]
    return "\n".join((HEADINGS, "|---|---|---|---|---|---|---|", *rows))


def _end(one: Tried) -> str:
    if one.verdict.noticed is None:
        return "did not end"
    if not one.verdict.noticed:
        return "survived"
    return "simulated" if (one.verdict.by or "").startswith("simulation ") else "noticed"


def _row(name: str, count: Counter[str]) -> str:
    survived = count["survived"]
    one_in = f"{count['tried'] / survived:.0f}" if survived else "–"
    ends = [count[end] for end in ("tried", "noticed", "simulated", "did not end", "survived")]
    return f"| {name} | " + " | ".join(map(str, ends)) + f" | {one_in} |"


def survivors(tried: Iterable[Tried], tree: Path) -> str:
    """Where each is, what it changed, and how many tests were asked."""
    found = sorted((one for one in tried if _end(one) == "survived"), key=lambda one: one.bug.name)
    return "\n".join(_survivor(one, tree) for one in found)


def _survivor(one: Tried, tree: Path) -> str:
    asked = f"{one.verdict.asked} tests" if one.verdict.run else f"no test runs it; {one.verdict.asked} tests"
    more = f", {one.verdict.left} more not asked" if one.verdict.left else ""
    text = (tree / one.bug.path).read_text()
    return f"{one.bug.path}:{one.bug.line} ({asked}{more})\n{one.bug.shown(text)}\n"
