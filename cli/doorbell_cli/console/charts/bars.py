"""Bars by time: what went well upwards, what did not downwards, so that colour is not all that tells them
apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from markupsafe import Markup

from doorbell_cli.console.charts.svg import add, drawing, markup

WIDTH, HALF, LEFT, GAP, UNDER = 900.0, 60.0, 44.0, 2.0, 18.0


@dataclass(frozen=True, slots=True)
class Bar:
    """`label` stands below it, "" for none; `told` is said where one hovers."""

    good: int
    bad: int
    told: str
    label: str = ""


def bars(shown: Sequence[Bar], label: str) -> Markup:
    """In the order given."""
    svg = drawing(WIDTH, 2 * HALF + UNDER, label)
    most = max([1, *(max(bar.good, bar.bad) for bar in shown)])
    width = (WIDTH - LEFT) / max(1, len(shown))
    add(svg, "text", f"{most:,}", class_="label", x=0, y=11)
    add(svg, "line", class_="tick", x1=LEFT, x2=WIDTH, y1=HALF, y2=HALF)
    for number, bar in enumerate(shown):
        _bar(svg, bar, LEFT + number * width, width, most)
    return markup(svg)


def _bar(svg: Element, bar: Bar, x: float, width: float, most: int) -> None:
    group = add(svg, "g")
    add(group, "title", bar.told)
    up, down = HALF * bar.good / most, HALF * bar.bad / most
    left, wide = x + GAP / 2, max(1.0, width - GAP)
    add(group, "rect", class_="good", x=left, width=wide, y=HALF - up, height=up)
    add(group, "rect", class_="bad", x=left, width=wide, y=HALF, height=down)
    if bar.label:
        add(svg, "text", bar.label, class_="label", x=x, y=2 * HALF + UNDER - 4)
