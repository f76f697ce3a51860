"""How long a subscriber asks to be left alone.

Retry-After has two forms, whole seconds and an HTTP date (RFC 9110, 10.2.3). Clients of other systems had to
learn more of them, and other headers:

- fractions: https://github.com/urllib3/urllib3/issues/2861, https://github.com/getsentry/sentry/issues/7919
- a unit, `30s`: https://github.com/CamaraDosDeputados/dados-abertos/issues/286
- the second of the moment: https://github.com/cloudfoundry/cloud_controller_ng/issues/2544
- an ISO 8601 date: https://github.com/specmatic/specmatic/pull/2684
- `retry-after-ms`, `x-ms-retry-after-ms`: https://learn.microsoft.com/rest/api/cosmos-db/common-cosmosdb-rest-response-headers
- the reset of a rate limit, in seconds from now or as a moment: https://github.com/sindresorhus/ky/pull/618
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil
from typing import Final

TOO_MANY_REQUESTS: Final = 429
IN_MILLISECONDS: Final = ("retry-after-ms", "x-ms-retry-after-ms")
RESETS: Final = (
    "ratelimit-reset",
    "x-ratelimit-reset-after",
    "x-ratelimit-reset",
    "x-rate-limit-reset",
)
REMAINING: Final = ("ratelimit-remaining", "x-ratelimit-remaining", "x-rate-limit-remaining")
MOMENT_FROM: Final = 1e9
"""From here on a number is a moment in epoch seconds, not a wait of 31 years and more …"""
MILLISECONDS_FROM: Final = 1e11
"""… and from here on not a moment in the year 5138, but one in milliseconds (or smaller parts)."""
MAX_CHARS: Final = 100

_NUMBER: Final = re.compile(r"[0-9]{1,100}(?:\.[0-9]{0,100})?")
_PART: Final = r"([0-9]{1,12}(?:\.[0-9]{1,12})?) ?(ms|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?)"
_DURATION: Final = re.compile(rf"(?:{_PART} ?)+")
_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ].+")


def retry_after_seconds(value: str | None, *, now: float) -> float:
    """Whole seconds from `now`, rounded up; 0 where there is nothing, or nothing that can be read, or the
    moment has passed. Without an upper end: that is for whoever waits."""
    wait = _wait(value or "", now)
    return 0.0 if wait is None else float(max(0, ceil(wait)))


def wait_asked_for(headers: Mapping[str, str], status: int) -> str | None:
    """What `retry_after_seconds` reads, of an answer's headers (names in lower case): Retry-After above all
    others, and a rate limit's reset only where the limit was met."""
    plain = headers.get("retry-after")
    if plain is not None and _is_readable(plain):
        return plain
    for name in IN_MILLISECONDS:
        if _NUMBER.fullmatch(value := headers.get(name, "").strip()):
            return f"{value}ms"
    if status == TOO_MANY_REQUESTS and all(headers.get(name, "0").strip() == "0" for name in REMAINING):
        resets = (headers[name] for name in RESETS if name in headers)
        return next(filter(_is_readable, resets), plain)
    return plain


def _is_readable(value: str) -> bool:
    return _wait(value, 0.0) is not None


def _wait(value: str, now: float) -> float | None:
    text = value.strip()[:MAX_CHARS].strip('"').strip()
    if _NUMBER.fullmatch(text):
        return _of_number(float(text), now)
    if _DURATION.fullmatch(text.lower()):
        return sum(float(count) * _unit(unit) for count, unit in re.findall(_PART, text.lower()))
    first, comma, _ = text.partition(",")
    if comma and _NUMBER.fullmatch(first.strip()):  # sent twice, and joined by whoever stands between
        return _of_number(float(first), now)
    moment = _moment(text)
    return None if moment is None else moment - now


def _of_number(number: float, now: float) -> float:
    if number < MOMENT_FROM:
        return number
    for _ in "milliseconds", "microseconds", "nanoseconds":
        if number >= MILLISECONDS_FROM:
            number /= 1000
    return number - now


def _unit(name: str) -> float:
    """Seconds."""
    return 0.001 if name == "ms" else {"s": 1.0, "m": 60.0, "h": 3600.0}[name[0]]


def _moment(text: str) -> float | None:
    """Of a date in one of the three forms of RFC 9110, 5.6.7, or in ISO 8601; without a zone it is UTC."""
    try:
        date = datetime.fromisoformat(text) if _ISO.fullmatch(text) else parsedate_to_datetime(text)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
