"""What an event is called: its delivery key, which tells it from others, and its type."""

import hashlib
import math
import re
from collections.abc import Sequence

from doorbell.domain.events import DEFAULT_WINDOW_HOURS, TYPE_CHARACTERS
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.facts import Facts

MAX_TYPE = 128
MAX_KEY = 256
UNKNOWN = "unknown"
EACH = "each"
"""In place of a delivery key's locators."""
OF_HEADERS = ("header:", "special:cloudevents.")
"""Locators of types that may be in a header."""
HASH_BEFORE = ("nothing",)
"""`Entry.dedupe_before` where the release before had no locators: the hash, with what a header says of the
type."""
ONCE_ALONE = frozenset({"time", "special:http_signature.key"})
"""Locators with the signed time in them: who has the same key again is the same request."""
AS_LONG_AS_KEPT_HOURS = 10 * 8766
"""Longer than any event is: the window ends with the event's record."""
_UNSAFE = re.compile(f"[^{TYPE_CHARACTERS}]")


def dedupe_key(
    facts: Facts, locators: Sequence[str], type_locators: Sequence[str] = (), ingest_id: str = ""
) -> str:
    """The joined facts. Where one of them is not there, the hash of the body and of what a header says of the
    event's type: the same body may stand for two. `each`: of its own, as nothing tells a repetition from a
    recurrence, and what is lost is worse than what comes twice."""
    if tuple(locators) == (EACH,):
        return f"each:{ingest_id}"
    found = [facts.read(locator) for locator in locators]
    if not found or not all(found):
        return facts.hash_with([locator for locator in type_locators if locator.startswith(OF_HEADERS)])
    return fitted("|".join(part for part in found if part))


def fitted(key: str) -> str:
    """The key itself, or, where it is long or cannot be printed, its hash."""
    if len(key) <= MAX_KEY and key.isprintable():
        return key
    return "sha256:" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def event_type(facts: Facts, locators: Sequence[str]) -> str:
    """The facts that are there, joined with "."; "unknown" when none is."""
    return joined([part for locator in locators if (part := facts.read(locator))])


def joined(parts: Sequence[str]) -> str:
    """The same of facts that were read."""
    return _UNSAFE.sub("_", ".".join(parts)[:MAX_TYPE]) or UNKNOWN


def dedupe_locators(source: Source, entry: Entry) -> tuple[str, ...]:
    if source.dedupe is None:
        return _told(source, entry) if source.options else entry.dedupe
    return () if source.dedupe.origin == "hash" else (_own(entry, source.dedupe.origin, source.dedupe.key),)


def type_locators(source: Source, entry: Entry) -> tuple[str, ...]:
    if source.event_type is None:
        return entry.event_type
    origin = "text" if source.event_type.origin == "fixed" else source.event_type.origin
    return (_own(entry, origin, source.event_type.key),)


def _own(entry: Entry, origin: str, key: str) -> str:
    """A source's own locator. Of a body that is a token its claims are meant."""
    if origin == "body" and entry.parameters.get("header") == "body":
        return f"special:{entry.special}.body.{key}"
    return f"{origin}:{key}"


def _told(source: Source, entry: Entry) -> tuple[str, ...]:
    """The entry's locators, with the header that the source's proof is in."""
    if not any("{header}" in locator for locator in entry.dedupe):
        return entry.dedupe
    header = source.options.get("header") or entry.options["header"].default
    return tuple(locator.replace("{header}", header) for locator in entry.dedupe)


def type_alternatives(source: Source, entry: Entry) -> tuple[tuple[str, ...], ...]:
    """Where the first give nothing, the next ones."""
    others = entry.or_type if source.event_type is None else ()
    return (type_locators(source, entry), *others)


def window_hours(source: Source, entry: Entry) -> int:
    """For as long as the event is kept, where a captured request is good for ever and its key is proven; not
    less than it is good where the source's tolerance, which counts both ways, is wide."""
    if source.dedupe is not None and source.dedupe.window_hours is not None:
        return source.dedupe.window_hours
    if source.dedupe is None and is_taken_once(entry):
        return AS_LONG_AS_KEPT_HOURS
    usual = entry.window_hours or DEFAULT_WINDOW_HOURS
    if source.dedupe is None and source.tolerance_seconds and _has_its_time(source, entry):
        return max(usual, math.ceil(2 * source.tolerance_seconds / 3600))
    return usual


def _has_its_time(source: Source, entry: Entry) -> bool:
    """Whether the signed time is in the delivery key. A detached JWS has it where the source says so."""
    return not ONCE_ALONE.isdisjoint(entry.dedupe) or bool(source.options.get("issued"))


def is_taken_once(entry: Entry) -> bool:
    """Whether no signed time makes a request old, and its key is an id of its own that the signature covers.
    A hash is none: the same body may come again and mean it."""
    if entry.taken_once:
        return True
    timeless = entry.scheme is not None and entry.scheme.timestamp is None and entry.binds_body
    return timeless and bool(entry.dedupe) and all(key.startswith(("body:", "list:")) for key in entry.dedupe)


def former_key(source: Source, entry: Entry, request: RawRequest, ingest_id: str) -> str:
    """The key of the release before, which read less of a request, or something else. Away with the next."""
    before = entry.dedupe_before if source.dedupe is None else ()
    locators = before or dedupe_locators(source, entry)
    types = type_locators(source, entry) if before in ((), HASH_BEFORE) else ()
    return dedupe_key(FormerFacts(request), locators, types, ingest_id)


class FormerFacts(Facts):
    """As the release before read them, which looked into no form's object and into nothing packed."""

    __slots__ = ()

    def body(self) -> bytes:
        return self._request.body

    def _fields(self) -> object:
        return None
