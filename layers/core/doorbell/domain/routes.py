"""Routes: where subscriptions are on file in the routing index, and where an event asks for them.

A place is a key of `filing`, with the equality that a filter begins with, or without. Whoever moves from one
place to another stays in the old one too for a while, as what it is now: an event reads its places one after
the other, and must not find somebody gone from the one and not yet come to the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from doorbell.domain.filing import ALL, Key, Path, Question, equality_of, keys_of
from doorbell.domain.subscriptions import Interest

FORM: Final = 1
"""Of these rules. Whatever was filed by others is filed anew, and not asked before."""
MOST_PLACES = 30
"""Of one subscription. Who names more types is filed by its sources, or under "all"."""
MOST_LEAVING = 35
"""A change writes both, and takes away thirty more at most, in one transaction of a hundred items."""
MOST_PATHS = 8
"""Of a tenant: fields that filters of its subscriptions begin with. Others are not looked at."""
MOST_ASKED = 90
LEAVING_SECONDS = 600.0
"""Much longer than what was read of a place is kept, and than a read of all places of an event takes."""
LONG = 200

type Place = str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is on file of a subscription: its `places`, and until when in which it is still on file beside
    them. `digest` is of what it wants, as filed; "" of nobody. `version` counts the changes."""

    version: int = 0
    digest: str = ""
    places: tuple[Place, ...] = ()
    leaving: Mapping[Place, float] = field(default_factory=dict)


def digest_of(wants: Interest | None) -> str:
    """Of who wants nothing, too: who is off, is gone, or cannot be used."""
    if wants is None or not wants.enabled:
        return ""
    parts = (FORM, wants.sources, wants.event_types, wants.filter)
    return sha256(repr(parts).encode()).hexdigest()[:32]


def places_of(wants: Interest, paths: Iterable[Path]) -> tuple[Place, ...]:
    """`paths`: what events are asked for."""
    keys, equality = _few_keys(wants), equality_of(wants.filter)
    if equality is not None and equality[0] in paths:
        return tuple(_place(key, equality) for key in keys)
    return tuple(map(_place, keys))


def moved(before: Manifest, digest: str, places: Sequence[Place], now: float) -> Manifest:
    """What is on file after a change. Who wants nothing any more leaves at once."""
    if not places:
        return Manifest(before.version + 1, digest)
    known = dict.fromkeys(before.places, now + LEAVING_SECONDS)
    known |= {place: until for place, until in before.leaving.items() if until > now}
    leaving = {place: until for place, until in known.items() if place not in places}
    kept = dict(sorted(leaving.items(), key=lambda one: one[1])[-MOST_LEAVING:])
    return Manifest(before.version + 1, digest, tuple(dict.fromkeys(places)), kept)


def asked_by(question: Question, paths: Iterable[Path]) -> tuple[Place, ...] | None:
    """Where an event asks; None: everywhere. Raises `Unknown` where its body is gone."""
    keys = question.keys()
    if keys is None or len(keys) > MOST_ASKED:
        return None
    texts = [(path, text) for path in paths if (text := question.text_at(path)) is not None]
    places = [_place(key, one) for key in keys for one in (None, *texts)]
    return None if len(places) > MOST_ASKED else tuple(sorted(places))


def _few_keys(wants: Interest) -> list[Key]:
    keys = keys_of(wants)
    if len(keys) > MOST_PLACES:
        keys = [("source", one) for one in dict.fromkeys(wants.sources)] or [ALL]
    return keys if len(keys) <= MOST_PLACES else [ALL]


def _place(key: Key, equality: tuple[Path, str] | None = None) -> Place:
    kind, value = key
    if equality is None:
        return f"{kind}#{_short(value)}"
    path, text = equality
    return f"eq#{_short(f'{kind}#{value}#{".".join(path)}#{text}')}"


def _short(value: str) -> str:
    """A key has room for 2,048 bytes."""
    if len(value) <= LONG and value.isascii():
        return value
    return f"#{sha256(value.encode('utf-8', 'surrogatepass')).hexdigest()}"
