"""How an endpoint was in the last day, as a picture."""

from collections.abc import Sequence
from datetime import UTC, datetime

from markupsafe import Markup

from doorbell.domain.conditions import Condition, Span
from doorbell.domain.log import DAY_SECONDS
from doorbell_cli.console.charts.strip import Piece, strip
from doorbell_cli.ops.conditions import TONES

LABEL = "Its state in the last 24 hours"
HEIGHTS = {
    Condition.HEALTHY: 0.25,
    Condition.PAUSED: 0.5,
    Condition.DISABLED: 0.75,
    Condition.PARKED: 1.0,
}
EVERY_SECONDS = 6 * 3600


def picture_of(shown: Sequence[Span], now: float) -> Markup:
    begin = now - DAY_SECONDS
    pieces = [_piece(span, begin, now) for span in shown]
    first = begin - begin % EVERY_SECONDS + EVERY_SECONDS
    times = [first + number * EVERY_SECONDS for number in range(4)]
    marks = [((at - begin) / DAY_SECONDS, f"{datetime.fromtimestamp(at, UTC):%H:%M}") for at in times]
    return strip(pieces, [mark for mark in marks if mark[0] < 0.96], LABEL)


def _piece(span: Span, begin: float, now: float) -> Piece:
    until = now if span.until is None else span.until
    since, end = (datetime.fromtimestamp(at, UTC) for at in (span.since, until))
    why = f" ({span.why})" if span.why else ""
    told = f"{span.condition} {since:%H:%M:%S} to {end:%H:%M:%S} UTC{why}"
    places = ((span.since - begin) / DAY_SECONDS, (until - begin) / DAY_SECONDS)
    return Piece(*places, TONES[span.condition], HEIGHTS[span.condition], told)
