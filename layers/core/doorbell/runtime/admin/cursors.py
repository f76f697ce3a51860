"""Opaque cursors: where the next page begins, and which list it belongs to.

They hold keys and times, no secrets, so they are neither signed nor encrypted; what comes back is checked as
any other input is.
"""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from doorbell.domain.errors import Refusal

MAX_KEY_BYTES = 1000
"""A sort key may have 1,024, and some stand behind a prefix here. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html"""


def encode(of: str, place: Mapping[str, Any] | None) -> str | None:
    """The cursor of list `of` at `place`; None at the end."""
    if place is None:
        return None
    text = json.dumps({"of": of, **place}, separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(of: str, cursor: str | None, **kinds: type) -> dict[str, Any] | None:
    """The place, with exactly the entries `kinds` names, each of its type (float takes whole numbers);
    None for no cursor. Refuses (422) anything else, a cursor of another list included."""
    if cursor is None:
        return None
    try:
        place = json.loads(urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError, binascii.Error) as error:
        raise refused() from error
    if not isinstance(place, dict) or place.pop("of", None) != of or place.keys() != kinds.keys():
        raise refused()
    if not all(_is(place[name], kind) for name, kind in kinds.items()):
        raise refused()
    return place


def stretch(
    of: str, cursor: str | None, since: float, until: float, *, oldest: float, now: float
) -> tuple[float, float, tuple[str, ...]]:
    """Of a list that goes back in time: from when to when, and what of `until` itself was shown. A cursor
    keeps its own range; without one it is the given."""
    place = decode(of, cursor, since=float, until=float, seen=list)
    if place is None:
        return since, until, ()
    return max(place["since"], oldest), min(place["until"], now), tuple(map(str, place["seen"]))


def rest(of: str, since: float, until: float | None, seen: Sequence[str]) -> str | None:
    """The cursor of what `stretch` goes on with; None at the end."""
    return encode(of, None if until is None else {"since": since, "until": until, "seen": list(seen)})


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
