"""Everything that the CLI says, as a list that somebody has read aloud.

A new or changed message fails here until it is in `messages.txt`, so that it is read once more on its own. To
write the list anew: `python -m tests.unit.cli.messages`. The words to use: short active sentences, the
subject first, what to do.
"""

from __future__ import annotations

import re

import pytest

from tests.unit.cli.messages import LIST, messages

STIFF = (
    r"\bnobody that\b",
    r"\bnothing of\b",
    r"\bwhoever\b",
    r"\bis there to\b",
    r"\bgive (--|a )",
    r"\bmend(ed)?\b",
    r"\bbroken? off\b",
    r"\bbreaks off\b",
    r"\bso many\b",
    r"(?<!there )\bis no (?!longer)",
    r"\bholds\b",
    r"\bof theirs\b",
)
"""Turns of phrase that a tired reader in a second language stumbles over."""


def test_what_is_said_is_what_was_read() -> None:
    assert messages() == LIST.read_text().splitlines()


@pytest.mark.parametrize("phrase", STIFF)
def test_no_message_has_a_turn_of_phrase_that_had_to_be_replaced(phrase: str) -> None:
    assert [message for message in messages() if re.search(phrase, message, re.IGNORECASE)] == []
