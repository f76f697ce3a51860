"""pydantic's errors in Doorbell's words. The value that was refused is never shown."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from doorbell.domain.errors import ConfigError
from doorbell.domain.sources import ID
from doorbell.store.items.base import Item

WORDS: dict[str, str] = {
    "missing": "missing",
    "string_pattern_mismatch": "must be lower-case letters, digits, _ . or -",
}
TYPES: dict[str, str] = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
}
"""In words that JSON and YAML have too: an item is written in either, or by hand with DynamoDB's letters."""
_GIVEN: tuple[tuple[type, str], ...] = (
    (str, "text"),
    (bool, "true or false"),
    (int, "a number"),
    (float, "a number"),
    (Decimal, "a number"),
    (list, "a list"),
    (tuple, "a list"),
    (Mapping, "an object"),
)
"""The first that fits: True is an int too."""


def config_errors(model: type[Item], item: Mapping[str, Any], error: ValidationError) -> list[ConfigError]:
    name = item_name(model, item)
    return [
        ConfigError(name, _field(entry), _problem(model, entry)) for entry in error.errors(include_url=False)
    ]


def item_name(model: type[Item], item: Mapping[str, Any]) -> str:
    """`source github-main`, `subscription default/audit`; an id that is none is not repeated."""
    keys = ("source_id",) if model.kind == "source" else ("tenant_id", "subscription_id")
    return f"{model.kind} {'/'.join(_shown(item.get(key), key) for key in keys)}"


def _shown(value: object, key: str) -> str:
    if value is None:
        return f"(without {key})"
    return value if isinstance(value, str) and ID.fullmatch(value) else f"(bad {key})"


def _field(entry: Mapping[str, Any]) -> str:
    ctx = entry.get("ctx") or {}
    parts = [str(part) for part in entry["loc"] if part != "[key]"]
    below = ctx.get("field")
    return ".".join([*parts, below] if below else parts) or "item"


def _problem(model: type[Item], entry: Mapping[str, Any]) -> str:
    kind, ctx = entry["type"], entry.get("ctx") or {}
    if kind == "doorbell":
        return str(ctx["problem"])
    if kind == "extra_forbidden":
        return unknown("field", str(entry["loc"][-1]), known_fields(model, entry["loc"][:-1]))
    if kind == "literal_error":
        return f"must be {ctx['expected']}"
    if kind in TYPES:
        return f"must be {TYPES[kind]}{_not(entry['input'], TYPES[kind])}"
    message: str = WORDS.get(kind) or entry["msg"]
    return message.replace("Input should be", "must be").replace("Tuple should have", "must have")


def _not(value: object, wanted: str) -> str:
    """What it is instead, where that is another kind of thing: 1.5 is a number, and no whole one."""
    given = next((words for kind, words in _GIVEN if isinstance(value, kind)), None)
    return "" if given is None or wanted.endswith(given.removeprefix("a ")) else f", not {given}"


def known_fields(model: type[BaseModel], path: Sequence[int | str]) -> Iterable[str]:
    """The names that a map may have, as they are written, below `path`."""
    for part in path:
        field = model.model_fields.get(str(part))
        inner = [a for a in types_of(field.annotation) if isinstance(a, type)] if field else []
        below = [a for a in inner if issubclass(a, BaseModel)]
        if not below:
            return ()
        model = below[0]
    return [field.alias or name for name, field in model.model_fields.items()]


def types_of(annotation: Any) -> Sequence[Any]:
    """Of `X | None`: both."""
    return get_args(annotation) or (annotation,)


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"unknown {what}; did you mean {close[0]}?" if close else f"unknown {what}"
