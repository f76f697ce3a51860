"""Every fact of the first providers says by which page, repository or memory it is known."""

from __future__ import annotations

import re
from itertools import takewhile

import pytest

from doorbell.signatures.catalogue import find
from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.catalogue.index import GROUPS
from doorbell.signatures.schemes.scheme import NEVER
from doorbell_cli.captured_requests import OWN_WINDOW

FIRST = [
    name
    for group in takewhile(lambda one: one != "standard_users", GROUPS)
    for name in GROUPS[group].split()
    if name != "hmac"
]
MADE_HERE = ("hash", "each", "time")
"""Keys that no page says anything of."""
PAGE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+(/[a-z0-9]|, )|@?[\w.-]+/[\w.-]*[a-z]|RFC \d+")
OTHERWISE = (
    "from memory", "secondary", "none documented", "no id is documented", "no standard", "the same page",
    "the sender's own", "an id is not",
)  # fmt: skip


def needed(entry: Entry) -> set[str]:
    """What the entry says that somebody must have said first."""
    time = entry.scheme.timestamp if entry.scheme is not None else None
    judged = entry.special in OWN_WINDOW or (time is not None and time.tolerance < NEVER)
    told = {
        "dedupe": not set(entry.dedupe) <= set(MADE_HERE),
        "event_type": bool(entry.event_type),
        "ack": entry.ack.limit_seconds is not None,
        "retry": entry.window_hours is not None or not entry.sends_again,
        "tolerance": judged,
        "handshake": bool(entry.unsigned or entry.signed),
    }
    return {"scheme", *(name for name, is_told in told.items() if is_told)}


def facts_of(entry: Entry) -> dict[str, str]:
    """One text may be of several facts."""
    return {name: text for names, text in entry.facts.items() for name in names.split(", ")}


@pytest.mark.parametrize("name", FIRST)
def test_a_fact_of_a_first_provider_names_its_page_or_says_that_there_is_none(name: str) -> None:
    entry = find(name)
    assert entry is not None
    facts = facts_of(entry)
    assert needed(entry) - set(facts) == set()
    nameless = {
        fact: text
        for fact, text in facts.items()
        if not PAGE.search(text) and not any(word in text for word in OTHERWISE)
    }
    assert nameless == {}
