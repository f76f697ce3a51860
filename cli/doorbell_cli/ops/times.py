"""Times as people type them: `7d`, `90m`, `2026-11-23`, `2026-11-23T08:00Z`."""

import re
from datetime import UTC, datetime

import typer

from doorbell.domain.log import DAY_SECONDS, KEPT_DAYS

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")


def seconds(text: str, flag: str) -> float:
    """A span: a number and one of s, m, h, d, w. Raises `typer.BadParameter`, which names the flag."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise typer.BadParameter(
            f"{text!r} is not a span of time. Examples: 30s, 90m, 12h, 7d, 2w.", param_hint=flag
        )
    return float(found[1]) * _UNITS[found[2]]


def moment(text: str, now: float, flag: str = "--since") -> float:
    """Epoch seconds: `now`, a span before now, or an ISO 8601 time (UTC unless it says otherwise); of what is
    on record, so no later than now. Raises `typer.BadParameter`, also for a time before 1970: no event is so
    old, and a log has partitions for every day."""
    at = _moment(text, now, flag)
    if not at >= 0:
        raise typer.BadParameter(f"{text!r} is before 1970. Use 7d, or a later date.", param_hint=flag)
    return min(at, now)


def period(since: str, until: str, now: float) -> tuple[float, float]:
    """Start and end, as `moment` reads them; not from before anything that can be kept, as some walk every
    day between. Raises `typer.BadParameter`, also for an end before the start, between which nothing is."""
    start, end = moment(since, now), moment(until, now, "--until")
    if end < start:
        raise typer.BadParameter(f"until {until} is before since {since}. Nothing lies between.")
    return kept(start, end, now)


def kept(start: float, end: float, now: float) -> tuple[float, float]:
    """What of this time can be on record."""
    oldest = now - KEPT_DAYS * DAY_SECONDS
    return max(start, oldest), min(max(end, oldest), now)


def _moment(text: str, now: float, flag: str) -> float:
    if text == "now":
        return now
    if _SPAN.fullmatch(text.strip()):
        return now - seconds(text, flag)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is not a time. Examples: 7d, 2026-11-23, 2026-11-23T08:00Z.", param_hint=flag
        ) from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def span(value: float) -> str:
    """Seconds for people: `1 d 4 h`, `12 min`, `8 s`."""
    for unit, size, smaller, part in (("d", 86_400, "h", 3600), ("h", 3600, "min", 60), ("min", 60, "s", 1)):
        if value >= size:
            rest = int(value % size // part)
            return f"{int(value // size)} {unit}" + (f" {rest} {smaller}" if rest else "")
    return f"{value:.0f} s"
