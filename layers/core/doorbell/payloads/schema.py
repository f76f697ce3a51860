"""A source's JSON Schema. Importing this loads `jsonschema` only when a schema is first checked."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from doorbell.domain import json_text
from doorbell.domain.errors import ConfigError, Refusal
from doorbell.domain.same import Same
from doorbell.payloads.documents import NotJson, document
from doorbell.payloads.schema_meter import STEPS, STEPS_PER_BYTE, TooCostly, metered
from doorbell.payloads.schema_refs import leading_nowhere
from doorbell.payloads.schema_shape import problem_with

MAX_PROBLEM = 200
CHECKED = 256


def check_for(item: str, schema: Mapping[str, Any] | None, body: bytes, content_type: str = "") -> None:
    """`check`, and `ConfigError(item, "json_schema", …)` for a schema that cannot be used: it is looked at
    once for as long as the item is kept."""
    if schema is None:
        return
    if (broken := _found_once(item, Same(schema))) is not None:
        raise ConfigError(*broken)
    try:
        check(schema, body, content_type)
    except Refusal as refusal:
        if refusal.status == 422:
            raise
        raise ConfigError(item, "json_schema", "points at what is not in it, or has no end") from refusal


@lru_cache(maxsize=CHECKED)
def _found_once(item: str, schema: Same) -> tuple[str, str, str] | None:
    """What `check_schema` raises, in parts: an error that is raised again and again collects frames."""
    try:
        check_schema(item, schema.value)
    except ConfigError as error:
        return error.item, error.field, error.problem
    return None


def check(schema: Mapping[str, Any] | None, body: bytes, content_type: str = "") -> None:
    """`Refusal(422, "schema_mismatch", "<JSON pointer>: <rule>")` for a body that does not fit; of a form the
    object of its fields must.

    The detail names the place and the rule that is broken, never a value of the body. A schema that cannot
    be used is `Refusal(503, "source_misconfigured", …)`.
    """
    if schema is None:
        return
    try:
        value = document(body, content_type, json_text.loads_plain)
    except NotJson as error:
        raise Refusal(422, "schema_mismatch", "/: is not JSON") from error
    problem = _first_problem(schema, value, STEPS + STEPS_PER_BYTE * len(body))
    if problem is not None:
        raise Refusal(422, "schema_mismatch", problem)


_UNREADABLE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, re.error)
"""What the library raises, beside its own errors, for what is no schema."""


def check_schema(item: str, schema: Mapping[str, Any] | None) -> None:
    """`ConfigError(item, "json_schema", …)` when the schema itself is no schema, refers to what is not in it,
    has no end, or explodes: its references multiply, or a pattern of it tries without an end."""
    if schema is None:
        return
    from jsonschema.exceptions import SchemaError

    try:
        _check_by_its_dialect(dict(schema))
        lost = leading_nowhere(schema)
        if lost is not None:
            raise ConfigError(item, "json_schema", f"has no {lost[:MAX_PROBLEM]!r} to refer to")
        wrong = problem_with(schema)
        if wrong is not None:
            raise ConfigError(item, "json_schema", wrong[:MAX_PROBLEM])
        samples: tuple[Any, ...] = (None, {}, [])
        for value in samples:
            _first_problem(schema, value, STEPS)
    except SchemaError as error:
        raise ConfigError(item, "json_schema", error.message[:MAX_PROBLEM]) from error
    except TooCostly as error:
        raise ConfigError(item, "json_schema", "takes too long to read") from error
    except Refusal as error:
        raise ConfigError(item, "json_schema", "cannot be used, or has no end") from error
    except _UNREADABLE as error:
        raise ConfigError(item, "json_schema", f"cannot be read: {type(error).__name__}") from error


def _check_by_its_dialect(schema: dict[str, Any]) -> None:
    """As the library's `check_schema` does. Raises SchemaError, TooCostly."""
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import validator_for

    dialect = validator_for(schema)
    meta = validator_for(dialect.META_SCHEMA, default=dialect)
    checker = metered(meta, 10 * STEPS)(dialect.META_SCHEMA, format_checker=meta.FORMAT_CHECKER)
    for error in checker.iter_errors(schema):
        raise SchemaError.create_from(error)


def _first_problem(schema: Mapping[str, Any], value: Any, steps: float) -> str | None:
    """A `$ref` may point within the schema only: the registry fetches nothing. A value that takes more than
    `steps` is at fault itself: others can be judged."""
    from jsonschema.exceptions import UnknownType
    from jsonschema.validators import validator_for
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    try:
        validator = metered(validator_for(schema), steps)(schema, registry=Registry())
        error = next(iter(validator.iter_errors(value)), None)
    except TooCostly:
        return "/: takes too long to check by its schema"
    except OverflowError:
        return "/: has a number that cannot be judged"
    except (Unresolvable, UnknownType, *_UNREADABLE) as problem:
        raise Refusal(503, "source_misconfigured", "the source's schema cannot be used") from problem
    if error is None:
        return None
    pointer = "/" + "/".join(_escaped(step) for step in error.absolute_path)
    return f"{pointer}: breaks the rule {str(error.validator)[:MAX_PROBLEM]}"


def _escaped(step: object) -> str:
    """RFC 6901; control characters and length tamed, for the step comes from the body."""
    text = str(step).replace("~", "~0").replace("/", "~1")
    return "".join(c if c.isprintable() else "?" for c in text)[:64]
