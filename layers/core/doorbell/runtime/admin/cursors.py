"""Opaque cursors: where the next page begins, which list it belongs to, and by what that list was narrowed.

They hold keys and times, no secrets, so they are neither signed nor encrypted; what comes back is checked as
any other input is.
"""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from doorbell.domain.errors import Refusal

MAX_KEY_BYTES = 1000
"""A sort key may have 1,024, and some stand behind a prefix here. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html"""

type Filters = Mapping[str, str | None]
"""What narrows a list, by the names of its parameters; None: not asked."""
NO_FILTERS: Filters = MappingProxyType({})
OTHER_FILTERS = (
    "the cursor belongs to the same list with other filters; repeat those with which it began, or begin "
    "without a cursor"
)


def encode(of: str, place: Mapping[str, Any] | None, by: Filters = NO_FILTERS) -> str | None:
    """The cursor of list `of`, narrowed `by` these filters, at `place`; None at the end."""
    if place is None:
        return None
    narrowed = {"by": mark} if (mark := _mark(by)) else {}
    text = json.dumps({"of": of, **narrowed, **place}, separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(of: str, cursor: str | None, by: Filters = NO_FILTERS, **kinds: type) -> dict[str, Any] | None:
    """The place, with exactly the entries `kinds` names, each of its type (float takes whole numbers);
    None for no cursor. Refuses (422) anything else, a cursor of another list or of other filters
    included: its pages would leave out what both lists have."""
    if cursor is None:
        return None
    try:
        place = json.loads(urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError, binascii.Error) as error:
        raise refused() from error
    if not isinstance(place, dict) or place.pop("of", None) != of:
        raise refused()
    mark = place.pop("by", "")
    if place.keys() != kinds.keys() or not isinstance(mark, str):
        raise refused()
    if not all(_is(place[name], kind) for name, kind in kinds.items()):
        raise refused()
    if mark != _mark(by):
        raise Refusal(422, "bad_cursor", OTHER_FILTERS)
    return place


def stretch(
    of: str,
    cursor: str | None,
    since: float,
    until: float,
    *,
    oldest: float,
    now: float,
    by: Filters = NO_FILTERS,
) -> tuple[float, float, tuple[str, ...]]:
    """Of a list that goes back in time: from when to when, and what of `until` itself was shown. A cursor
    keeps its own range; without one it is the given."""
    place = decode(of, cursor, by, since=float, until=float, seen=list)
    if place is None:
        return since, until, ()
    return max(place["since"], oldest), min(place["until"], now), tuple(map(str, place["seen"]))


def rest(
    of: str, since: float, until: float | None, seen: Sequence[str], by: Filters = NO_FILTERS
) -> str | None:
    """The cursor of what `stretch` goes on with; None at the end."""
    place = None if until is None else {"since": since, "until": until, "seen": list(seen)}
    return encode(of, place, by)


def _mark(by: Filters) -> str:
    """Of filters, 16 characters: what somebody looked for need not travel in a link. "" for none."""
    asked = sorted((name, value) for name, value in by.items() if value is not None)
    return sha256(json.dumps(asked).encode()).hexdigest()[:16] if asked else ""


def _is(value: object, kind: type) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e11
    return _is_key(value) if kind is str else isinstance(value, kind)


def _is_key(value: object) -> bool:
    """Whether DynamoDB takes it for part of a key. Half a surrogate pair is no character."""
    try:
        return isinstance(value, str) and 0 < len(value.encode()) <= MAX_KEY_BYTES
    except UnicodeEncodeError:
        return False


def refused() -> Refusal:
    return Refusal(422, "bad_cursor", "not a cursor of this list")
