"""The table as one picture: how much of its goal each line uses; what is left of the line at 1 has met it."""

from collections.abc import Sequence
from pathlib import Path

from tests.bench.line import Line

MET, MISSED, TOLD = "#2a9d62", "#c8453b", "#8d99a6"
INCHES_A_BAR = 0.32


def draw(lines: Sequence[Line], file: Path) -> None:
    """Writes a PNG of the lines that have a goal."""
    from matplotlib.figure import Figure

    judged = [line for line in lines if line.goal is not None]
    figure = Figure(figsize=(11, 1.2 + INCHES_A_BAR * len(judged)), layout="constrained")
    axes = figure.add_subplot()
    for place, line in enumerate(judged):
        used = share_of_goal(line)
        axes.barh(place, used, color=MET if line.met else MISSED)
        text = f" {line.ratio:.2f}  (goal {line.goal_text})"
        axes.text(used, place, text, va="center", fontsize=8)
    axes.axvline(1, color=TOLD, linestyle="--", linewidth=1)
    axes.set_yticks(range(len(judged)), [f"{line.row}  {line.what}" for line in judged], fontsize=8)
    axes.margins(y=0.01)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.25 * max([1.2, *map(share_of_goal, judged)]))
    axes.set_xlabel("share of the goal used: ratio / goal, or goal / ratio where more is better")
    figure.savefig(file, dpi=110)


def share_of_goal(line: Line) -> float:
    """Above 1 the goal is missed."""
    assert line.goal is not None
    return line.ratio / line.goal if line.bound == "at most" else line.goal / line.ratio
