"""All deliveries of an event as one picture: waits, sends, what comes next. Lengths grow with the logarithm
of the time since it was received, as days meet milliseconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log1p
from xml.etree.ElementTree import Element

from markupsafe import Markup

from doorbell_cli.console.charts.svg import add, drawing, markup
from doorbell_cli.console.views.event import Lane
from doorbell_cli.ops.times import span

WIDTH, ROW, TOP, LEFT, RIGHT, LABEL = 900.0, 34.0, 24.0, 10.0, 20.0, 60.0
MOST_LANES, MOST_WORDS = 60, 80
_FINE_SECONDS = 0.05
"""From here on the scale is logarithmic."""
_TICKS = (0.1, 1.0, 10.0, 60.0, 600.0, 3600.0, 6 * 3600.0, 86_400.0, 5 * 86_400.0)


@dataclass(frozen=True, slots=True)
class _Scale:
    start: float
    end: float

    def x(self, at: float) -> float:
        whole = log1p(max(self.end - self.start, 1.0) / _FINE_SECONDS)
        return LEFT + (WIDTH - LEFT - RIGHT) * log1p(max(at - self.start, 0.0) / _FINE_SECONDS) / whole


def timeline(lanes: Sequence[Lane], received_at: float, now: float) -> Markup:
    """The first `MOST_LANES`; the table beside it has all of them."""
    shown = lanes[:MOST_LANES]
    scale = _Scale(received_at, max([now, *(lane.planned_at or lane.ended_at or now for lane in shown)]))
    svg = drawing(WIDTH, TOP + ROW * len(shown), f"{len(shown)} deliveries over time")
    present = scale.x(now) if any(lane.ended_at is None for lane in shown) else None
    for seconds in _TICKS:
        if received_at + seconds < scale.end:
            x, text = scale.x(received_at + seconds), span(seconds) if seconds >= 1 else "100 ms"
            covered = present is not None and abs(x - present) < LABEL
            _tick(svg, x, "" if covered else text, len(shown))
    for number, lane in enumerate(shown):
        _lane(svg, lane, scale, TOP + ROW * number, now)
    if present is not None:
        _tick(svg, present, "now", len(shown), "now")
    return markup(svg)


def _tick(svg: Element, x: float, text: str, rows: int, kind: str = "tick") -> None:
    add(svg, "line", class_=kind, x1=x, x2=x, y1=TOP - 6, y2=TOP + ROW * rows)
    beside, anchor = (x + 3, "start") if x < WIDTH - LABEL else (x - 3, "end")
    add(svg, "text", text, class_=f"{kind} label", x=beside, y=TOP - 10, text_anchor=anchor)


def _lane(svg: Element, lane: Lane, scale: _Scale, top: float, now: float) -> None:
    group = add(svg, "g", class_=lane.tone)
    add(group, "text", f"{lane.name}: {lane.state}", class_="lane label", x=LEFT, y=top + 11)
    middle = top + 21
    end = lane.ended_at if lane.ended_at is not None else now
    add(group, "line", class_="wait", x1=scale.x(lane.created_at), x2=scale.x(end), y1=middle, y2=middle)
    if lane.held is not None:
        begin, until = map(scale.x, lane.held)
        kept = add(group, "line", class_="held", x1=begin, x2=until, y1=middle, y2=middle)
        add(kept, "title", f"kept back: {lane.waits}" if lane.waits else "kept back by a pause")
    for one in lane.tries:
        begin, width = scale.x(one.at), max(4.0, scale.x(one.at + one.seconds) - scale.x(one.at))
        kind = "sent good" if one.succeeded else "sent bad"
        height = 12.0 if one.succeeded else 8.0  # not by colour alone
        bar = add(
            group, "rect", class_=kind, x=begin, width=width, y=middle - height / 2, height=height, rx=1.5
        )
        add(bar, "title", f"attempt {one.number}: {one.answer[:MOST_WORDS]} in {one.seconds * 1000:.0f} ms")
    if lane.planned_at is not None:
        planned = scale.x(max(lane.planned_at, now))
        add(group, "line", class_="planned", x1=scale.x(now), x2=planned, y1=middle, y2=middle)
        mark = add(group, "circle", class_="planned", cx=planned, cy=middle, r=4)
        add(mark, "title", f"attempt {lane.next_number} is planned")
