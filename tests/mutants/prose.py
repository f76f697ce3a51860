"""Which texts are for people alone. Put between XX or in capitals they say what they said: no bug."""

import re

_WORDS = re.compile(r"(?:\S+\s+){3}\S+")
_OF_A_MACHINE = re.compile(r"(?:^|[\s(])[:#][a-z_]+|\s(?:=|<|>|<=|>=|<>)\s|[{}\\]|://\S+$")
"""An expression of DynamoDB, a pattern, JSON, an address at the end."""


def is_prose(text: str) -> bool:
    """Four words or more, and nothing in them that a machine reads."""
    return _WORDS.search(text) is not None and _OF_A_MACHINE.search(text) is None
