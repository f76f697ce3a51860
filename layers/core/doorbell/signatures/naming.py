"""What an event is called: its delivery key, which tells it from others, and its type."""

import hashlib
import re
from collections.abc import Sequence

from doorbell.domain.events import TYPE_CHARACTERS
from doorbell.signatures.facts import Facts

MAX_TYPE = 128
MAX_KEY = 256
UNKNOWN = "unknown"
EACH = "each"
"""In place of a delivery key's locators."""
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
        return facts.hash_with([locator for locator in type_locators if locator.startswith("header:")])
    key = "|".join(part for part in found if part)
    if len(key) <= MAX_KEY and key.isprintable():
        return key
    return "sha256:" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def event_type(facts: Facts, locators: Sequence[str]) -> str:
    """The facts that are there, joined with "."; "unknown" when none is."""
    found = [part for locator in locators if (part := facts.read(locator))]
    return _UNSAFE.sub("_", ".".join(found)[:MAX_TYPE]) or UNKNOWN
