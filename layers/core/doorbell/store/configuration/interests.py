"""What the subscriptions of one page want, filed; all else of them is looked at when an event would go there.

An item that is written as most are is read by hand: sources, types and filter, as they stand. The model,
which takes many times as long, checks the whole item when it first matches, or its filter fails. So one that
is broken gets nothing, and the first event that it would have got tells of it. Until then it is kept packed.

An item written in another way is given to the model before anything is asked of it, but not before it is come
to: one with a filter of 4 KB takes some 4 ms, and fan-out may not need all of a page.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from marshal import dumps as packed
from marshal import loads as unpacked
from typing import Any

from doorbell.domain.errors import ConfigError
from doorbell.domain.filing import Filing, Question
from doorbell.domain.matching import type_glob
from doorbell.domain.subscriptions import Interest
from doorbell.store.dynamodb.tables import Item, unmarshal
from doorbell.store.items.models import load_subscription

MOST = 100
"""Sources, or globs, of one."""
MOST_GLOB_CHARACTERS = 256

type OnBroken = Callable[[ConfigError], None]


class Interests:
    """Of `items`, in their order. `on_broken` hears once of each that is left out. Safe among threads: two
    that come to an item at once may both read it."""

    __slots__ = ("_entries", "_filing", "_odd", "_on_broken", "_unchecked")

    def __init__(self, items: Sequence[Item], on_broken: OnBroken) -> None:
        self._on_broken, self._filing = on_broken, Filing()
        self._entries: list[Item | Interest | None] = []
        self._unchecked: dict[int, bytes] = {}
        self._odd: list[int] = []
        for number, item in enumerate(items):
            wants = _as_most_are(item, partial(self._is_sound, number))
            self._entries.append(wants or item)
            if wants is None:
                self._odd.append(number)
            else:
                self._unchecked[number] = packed(item)
                self._filing.file(number, wants)

    def concerning(self, question: Question) -> Iterator[Interest]:
        for number in sorted(self._filing.found(question).union(self._odd)):
            entry = self._entries[number]
            if isinstance(entry, dict):
                entry = self._entries[number] = self._read(entry)
            if entry is not None:
                yield entry

    def _is_sound(self, number: int) -> bool:
        """Looked at once."""
        item = self._unchecked.get(number)
        if item is not None:
            if self._read(unpacked(item)) is None:
                self._entries[number] = None
            self._unchecked.pop(number, None)
        return self._entries[number] is not None

    def _read(self, item: Item) -> Interest | None:
        try:
            return Interest.of(load_subscription(unmarshal(item)))
        except ConfigError as error:
            self._on_broken(error)
            return None


def _as_most_are(item: Item, is_sound: Callable[[], bool]) -> Interest | None:
    """What the model would make of these fields; None where it has to say itself what they are."""
    enabled = item["enabled"].get("BOOL") if "enabled" in item else True
    sources = _texts(item["sources"]) if "sources" in item else ()
    globs = _texts(item["event_types"]) if "event_types" in item else ()
    expression = item["filter"].get("S") if "filter" in item else None
    if not isinstance(enabled, bool) or sources is None or globs is None:
        return None
    if "filter" in item and not (isinstance(expression, str) and expression):
        return None
    if globs and ("" in globs or max(map(len, globs)) > MOST_GLOB_CHARACTERS):
        return None
    return Interest(
        item["subscription_id"]["S"], enabled, sources, tuple(map(type_glob, globs)), expression, is_sound
    )


def _texts(value: Mapping[str, Any]) -> tuple[str, ...] | None:
    """A list of texts, not too long."""
    listed = value.get("L")
    if not isinstance(listed, list) or len(listed) > MOST:
        return None
    texts = tuple([entry.get("S") for entry in listed])
    return None if None in texts else texts
