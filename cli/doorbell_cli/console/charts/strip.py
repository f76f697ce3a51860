"""A strip: how something was over a time. Each state has a height of its own, so that colour is not all that
tells them apart."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from doorbell_cli.console.charts.svg import add, drawing, markup

WIDTH, HEIGHT, LEAST, UNDER = 900.0, 28.0, 1.0, 18.0


@dataclass(frozen=True, slots=True)
class Piece:
    """From `begin` to `end`, parts of the whole from 0 to 1. `height`: of the strip's, 0 to 1."""

    begin: float
    end: float
    tone: str
    height: float
    told: str


def strip(pieces: Sequence[Piece], marks: Sequence[tuple[float, str]], label: str) -> Markup:
    """`marks`: what stands below it, and where."""
    svg = drawing(WIDTH, HEIGHT + UNDER, label)
    for one in pieces:
        group = add(svg, "g")
        add(group, "title", one.told)
        x, wide = WIDTH * one.begin, max(LEAST, WIDTH * (one.end - one.begin))
        high = HEIGHT * one.height
        add(group, "rect", class_=f"piece {one.tone}", x=x, y=HEIGHT - high, width=wide, height=high)
    for at, text in marks:
        add(svg, "text", text, class_="label", x=WIDTH * at, y=HEIGHT + UNDER - 4)
    return markup(svg)
