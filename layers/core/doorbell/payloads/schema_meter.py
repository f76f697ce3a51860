"""A bound on what checking a value by a JSON Schema may cost: each rule that is asked is charged.

A schema that comes back to itself in two ways is held against a nested value twice as often at each depth; a
pattern with several loops is tried again and again in a long text; objects are compared with one another for
`uniqueItems`. What such a schema costs only the value tells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from doorbell.payloads.regex.cost import tries

STEPS, STEPS_PER_BYTE = 250_000, 1
"""About three microseconds each. A value of a megabyte by a schema of the usual kind takes half of it."""
_PER_STEP = 50
"""Entries of a list, names of an object: gone through in one step."""
_TRIES_PER_STEP = 300
_REFERENCE = 5

_left: ContextVar[float] = ContextVar("left")
_made: dict[type[Any], type[Any]] = {}


class TooCostly(Exception):
    """The steps are used up."""


def metered(validator: type[Any], steps: float) -> type[Any]:
    """Like `validator`, a class of jsonschema's; raises TooCostly when this context has spent `steps`."""
    _left.set(steps)
    return _metered(validator)


def _metered(validator: type[Any]) -> type[Any]:
    made = _made.get(validator)
    if made is None:
        made = _made[validator] = _charging(validator)
    return made


def _charging(validator: type[Any]) -> type[Any]:
    from jsonschema import validators

    rules = {keyword: _charged(keyword, rule) for keyword, rule in validator.VALIDATORS.items()}
    extend: Callable[..., Any] = validators.extend
    made = extend(validator, rules)
    evolve = made.evolve

    def evolve_metered(self: Any, **changes: Any) -> Any:
        """What names a dialect of its own would go on with that one's class, for nothing."""
        evolved = evolve(self, **changes)
        if type(evolved) is type(self):
            return evolved
        return _metered(type(evolved))(
            schema=evolved.schema,
            format_checker=evolved.format_checker,
            registry=evolved._registry,
            _resolver=evolved._resolver,
        )

    made.evolve = evolve_metered
    return made  # type: ignore[no-any-return]


def _charged(keyword: str, rule: Callable[..., Any]) -> Callable[..., Any]:
    extra = _EXTRA.get(keyword)

    def charged(validator: Any, value: Any, instance: Any, schema: Any) -> Any:
        cost = 1 + (_size(value) + _size(instance)) / _PER_STEP
        if extra is not None:
            cost += extra(value, instance, schema)
        left = _left.get() - cost
        _left.set(left)
        if left < 0:
            raise TooCostly
        return rule(validator, value, instance, schema)

    return charged


def _size(value: Any) -> int:
    return len(value) if isinstance(value, (list, dict)) else 0


def _pattern(value: Any, instance: Any, schema: Any) -> float:
    if not isinstance(value, str) or not isinstance(instance, str):
        return 0.0
    return tries(value, len(instance)) / _TRIES_PER_STEP


def _names(value: Any, instance: Any, schema: Any) -> float:
    """Each name of the object is held against each pattern of the schema."""
    patterns = schema.get("patternProperties") if isinstance(schema, Mapping) else None
    if not isinstance(patterns, Mapping) or not isinstance(instance, dict):
        return 0.0
    return sum(tries(pattern, len(name)) / _TRIES_PER_STEP + 0.2 for pattern in patterns for name in instance)


def _unique(value: Any, instance: Any, schema: Any) -> float:
    """What cannot be put in order is compared each with each."""
    if not value or not isinstance(instance, list):
        return 0.0
    if all(isinstance(one, str) for one in instance):
        return len(instance) / _PER_STEP
    if all(isinstance(one, (int, float)) for one in instance):
        return len(instance) / _PER_STEP
    return float(len(instance)) ** 2 / 6


def _reference(value: Any, instance: Any, schema: Any) -> float:
    return _REFERENCE


_EXTRA: dict[str, Callable[[Any, Any, Any], float]] = {
    "pattern": _pattern,
    "patternProperties": _names,
    "additionalProperties": _names,
    "uniqueItems": _unique,
    "$ref": _reference,
    "$dynamicRef": _reference,
    "$recursiveRef": _reference,
}
