"""What the catalogue says of a provider can be read by people, and its page can be opened."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from doorbell.signatures.catalogue import find, names
from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.schemes.presets import PRESETS

COMMANDS = ("setWebhook ", "npm ", "eas ", "heroku ")
"""What is typed begins as it is typed."""
WITHOUT_WORDS = {"RFC 7617", "24 h"}
FACTS = {"scheme", "dedupe", "event_type", "ack", "retry", "tolerance", "handshake"}
FACTS |= {"setup", "id", "subscriptions", "headers", "answer", "addresses"}


def entry(name: str) -> Entry:
    found = find(name)
    assert found is not None
    return found


def texts(of: Entry) -> Iterator[str]:
    yield from (of.title, of.setup, of.secret)
    yield from (option.meaning for option in of.options.values())
    yield from (*of.facts.values(), *of.foreign.values())


@pytest.mark.parametrize("name", names())
def test_a_provider_s_page_is_an_address_that_a_browser_opens(name: str) -> None:
    page = entry(name).docs
    parts = urlsplit(page)
    assert page.startswith(f"https://{parts.hostname}/")
    assert "." in str(parts.hostname)
    assert page.isascii()
    assert " " not in page


@pytest.mark.parametrize("name", names())
def test_how_a_provider_is_set_up_is_said_in_sentences(name: str) -> None:
    setup = entry(name).setup
    assert setup[:1].isupper() or setup.startswith(("`", *COMMANDS))
    assert setup.endswith((".", "=…"))


@pytest.mark.parametrize("name", names())
def test_what_is_said_of_a_provider_is_in_words_not_in_capitals(name: str) -> None:
    for text in texts(entry(name)):
        assert not text.isupper() or text in WITHOUT_WORDS or len(text) < 9, text
        assert text == text.strip() != ""


@pytest.mark.parametrize("name", names())
def test_a_fact_is_of_something_that_facts_are_of(name: str) -> None:
    assert {part for of in entry(name).facts for part in of.split(", ")} <= FACTS


def test_a_preset_that_the_catalogue_names_is_there() -> None:
    told = " ".join(text for name in names() for text in texts(entry(name)))
    named = set(re.findall(r"preset:([a-z.-]*[a-z])", told))
    assert named
    assert named <= set(PRESETS)
