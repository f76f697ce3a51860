"""Two lines by time, the upper one dashed, on a scale in which each doubling is as high: milliseconds and
hours are both read."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from markupsafe import Markup

from doorbell_cli.console.charts.svg import add, drawing, markup

WIDTH, HEIGHT, LEFT, OVER, UNDER, DOT = 900.0, 120.0, 60.0, 14.0, 18.0, 2.5


@dataclass(frozen=True, slots=True)
class Point:
    """`low` and `high`: more than 0, None where nothing was measured. `label` stands below it, "" for none;
    `told` is said where one hovers."""

    low: float | None
    high: float | None
    told: str
    label: str = ""


def lines(points: Sequence[Point], label: str, ends: tuple[str, str]) -> Markup:
    """In the order given; a line has a gap where nothing was measured. `ends`: the names of the least and the
    greatest value."""
    svg = drawing(WIDTH, OVER + HEIGHT + UNDER, label)
    values = [value for point in points for value in (point.low, point.high) if value is not None]
    least, most = min(values, default=1), max(values, default=1)
    step = (WIDTH - LEFT) / max(1, len(points))
    places = [LEFT + (number + 0.5) * step for number in range(len(points))]
    for edge, name in ((OVER, ends[1]), (OVER + HEIGHT, ends[0])):
        add(svg, "text", name, class_="label", x=0, y=edge + 4)
        add(svg, "line", class_="tick", x1=LEFT, x2=WIDTH, y1=edge, y2=edge)
    for css, line in (("low", [one.low for one in points]), ("high", [one.high for one in points])):
        heights = [None if value is None else _y(value, least, most) for value in line]
        for part in _parts(list(zip(places, heights, strict=True))):
            add(svg, "polyline", class_=f"pace {css}", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in part))
        for x, y, point in zip(places, heights, points, strict=True):
            _dot(svg, css, x, y, point.told)
    for x, point in zip(places, points, strict=True):
        if point.label:
            add(svg, "text", point.label, class_="label", x=x - step / 2, y=OVER + HEIGHT + UNDER - 2)
    return markup(svg)


def _y(value: float, least: float, most: float) -> float:
    high = math.log(value / least) / math.log(most / least) if most > least else 0.5
    return OVER + HEIGHT * (1 - high)


def _dot(svg: Element, css: str, x: float, y: float | None, told: str) -> None:
    if y is not None:
        add(add(svg, "circle", class_=f"pace {css}", cx=x, cy=y, r=DOT), "title", told)


def _parts(places: Sequence[tuple[float, float | None]]) -> list[list[tuple[float, float]]]:
    """What stands between two gaps."""
    parts: list[list[tuple[float, float]]] = [[]]
    for x, y in places:
        if y is None:
            parts.append([])
        else:
            parts[-1].append((x, y))
    return [part for part in parts if len(part) > 1]
