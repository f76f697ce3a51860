"""What pydantic finds wrong with what callers send, in words for people. The value itself is never shown."""

from collections.abc import Mapping
from typing import Any

_WORDS = {
    "missing": "missing",
    "extra_forbidden": "unknown field",
    "string_type": "must be text",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
}
_KINDS = (
    ("int", "must be a whole number"),
    ("float", "must be a number"),
    ("finite", "must be a number"),
    ("bool", "must be true or false"),
    ("datetime", "must be a time as RFC 3339 has it, such as 2026-11-30T08:00:00Z"),
    ("timezone", "must be a time as RFC 3339 has it, such as 2026-11-30T08:00:00Z"),
)
"""By the beginning of pydantic's type: `int_parsing`, `int_type`, `int_from_float`, …"""
_LIMITS = {
    "greater_than_equal": ("at least", "ge"),
    "less_than_equal": ("at most", "le"),
    "greater_than": ("more than", "gt"),
    "less_than": ("less than", "lt"),
}
_LENGTHS = {
    "string_too_long": ("at most", "max_length", "characters"),
    "string_too_short": ("at least", "min_length", "characters"),
    "too_long": ("at most", "max_length", "entries"),
    "too_short": ("at least", "min_length", "entries"),
}
_FORMS = {
    r"^[A-Za-z0-9_.\-]{1,64}$": "must be 1 to 64 letters, digits, _ . or -",
    r"^[A-Za-z0-9_.:/\-]{1,128}$": "must be 1 to 128 letters, digits, _ . : / or -",
    "^[0-9a-f]{8,64}$": "must be 8 to 64 of 0-9 and a-f",
}


def in_words(error: Mapping[str, Any]) -> str:
    """Of one of `ValidationError.errors()`; pydantic's own sentence where there is none here."""
    kind, ctx = str(error["type"]), error.get("ctx") or {}
    if "problem" in ctx:
        return str(ctx["problem"])
    if kind == "literal_error":
        return f"must be {ctx['expected']}"
    if kind in _LIMITS:
        words, name = _LIMITS[kind]
        return f"must be {words} {ctx[name]:g}"
    if kind in _LENGTHS:
        words, name, unit = _LENGTHS[kind]
        is_empty = name == "min_length" and ctx[name] == 1
        return "must not be empty" if is_empty else f"must have {words} {ctx[name]} {unit}"
    if kind == "string_pattern_mismatch" and ctx.get("pattern") in _FORMS:
        return _FORMS[ctx["pattern"]]
    of_its_kind = next((words for begins, words in _KINDS if kind.startswith(begins)), None)
    return _WORDS.get(kind) or of_its_kind or str(error["msg"])
