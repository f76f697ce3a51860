"""A heat map by time: each column an hour, each row a span of time, the fuller the darker."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from doorbell_cli.console.charts.svg import add, drawing, markup

WIDTH, LEFT, HEIGHT, UNDER, GAP = 900.0, 76.0, 16.0, 18.0, 1.0
LEAST = 0.15
"""Opacity of a cell with one in it."""


@dataclass(frozen=True, slots=True)
class Column:
    """`counts` by row; what is not in it is 0. `label` stands below it, "" for none."""

    counts: Mapping[int, int]
    told: str
    label: str = ""


def heat(columns: Sequence[Column], rows: Sequence[str], label: str) -> Markup:
    """`rows`: their names, the first at the foot."""
    height = HEIGHT * len(rows)
    svg = drawing(WIDTH, height + UNDER, label)
    most = max([1, *(count for column in columns for count in column.counts.values())])
    width = (WIDTH - LEFT) / max(1, len(columns))
    for row, name in enumerate(rows):
        add(svg, "text", name, class_="label", x=0, y=height - row * HEIGHT - 4)
        y = height - (row + 1) * HEIGHT
        for number, column in enumerate(columns):
            if count := column.counts.get(row, 0):
                x, opacity = LEFT + number * width, LEAST + (1 - LEAST) * math.log1p(count) / math.log1p(most)
                cell = add(
                    svg,
                    "rect",
                    class_="heat",
                    fill_opacity=f"{min(opacity, 1):.2f}",
                    x=x,
                    y=y,
                    width=width - GAP,
                    height=HEIGHT - GAP,
                )
                add(cell, "title", f"{column.told}, {name}: {count:,}")
    for number, column in enumerate(columns):
        if column.label:
            add(svg, "text", column.label, class_="label", x=LEFT + number * width, y=height + UNDER - 4)
    return markup(svg)
