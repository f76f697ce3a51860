"""Where entries read an event's key and type is said in words that the reader of facts knows. What it
does not know gives nothing, and every event would be of an unknown type."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from doorbell.signatures.catalogue import find, names
from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.facts import special
from doorbell.signatures.naming import EACH, HASH_BEFORE

ALONE = {"hash", "time", "signed"}
OF_SOMETHING = re.compile(r"(header|query|text|body|list|form|first-key|inside|special):\S.*")


def locators(of: Entry) -> Iterator[str]:
    yield from (*of.dedupe, *of.event_type, *of.dedupe_before)
    for others in of.or_type:
        yield from others


@pytest.mark.parametrize("name", names())
def test_a_place_where_an_entry_reads_is_one_that_can_be_read(name: str) -> None:
    entry = find(name)
    assert entry is not None
    known = ALONE | {EACH, *HASH_BEFORE}
    unknown = {one for one in locators(entry) if one not in known and not OF_SOMETHING.fullmatch(one)}
    assert unknown == set()
    for one in locators(entry):
        if one.startswith("special:"):
            assert callable(special(one.removeprefix("special:").partition(".")[0]).fact)
