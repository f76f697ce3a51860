"""pydantic's errors in Doorbell's words. The value that was refused is never shown."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from doorbell.domain.errors import ConfigError
from doorbell.domain.sources import ID
from doorbell.store.items.base import Item

WORDS: dict[str, str] = {
    "missing": "missing",
    "string_type": "must be text (S)",
    "int_type": "must be a whole number (N)",
    "float_type": "must be a number (N)",
    "bool_type": "must be a boolean (BOOL)",
    "tuple_type": "must be a list (L)",
    "dict_type": "must be a map (M)",
    "model_type": "must be a map (M)",
    "string_pattern_mismatch": "must be lower-case letters, digits, _ . or -",
}


def config_errors(model: type[Item], item: Mapping[str, Any], error: ValidationError) -> list[ConfigError]:
    name = item_name(model, item)
    return [
        ConfigError(name, _field(entry), _problem(model, entry))
        for entry in error.errors(include_url=False, include_input=False)
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
        return unknown("field", str(entry["loc"][-1]), _known(model, entry["loc"][:-1]))
    if kind == "literal_error":
        return f"must be {ctx['expected']}"
    message: str = WORDS.get(kind) or entry["msg"]
    return message.replace("Input should be", "must be").replace("Tuple should have", "must have")


def _known(model: type[BaseModel], path: Sequence[int | str]) -> Iterable[str]:
    """The names that a map may have, as they are written, below `path`."""
    for part in path:
        field = model.model_fields.get(str(part))
        inner = [a for a in _types(field.annotation) if isinstance(a, type)] if field else []
        below = [a for a in inner if issubclass(a, BaseModel)]
        if not below:
            return ()
        model = below[0]
    return [field.alias or name for name, field in model.model_fields.items()]


def _types(annotation: Any) -> Sequence[Any]:
    """Of `X | None`: both."""
    return get_args(annotation) or (annotation,)


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"unknown {what}; did you mean {close[0]}?" if close else f"unknown {what}"
