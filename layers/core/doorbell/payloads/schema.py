"""A source's JSON Schema. Importing this loads `jsonschema` only when a schema is first checked."""

import json
from collections.abc import Mapping
from typing import Any

from doorbell.domain.errors import ConfigError, Refusal

MAX_PROBLEM = 200


def check(schema: Mapping[str, Any] | None, body: bytes) -> None:
    """`Refusal(422, "schema_mismatch", "<JSON pointer>: <rule>")` for a body that does not fit.

    The detail names the place and the rule that is broken, never a value of the body.
    """
    if schema is None:
        return
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refusal(422, "schema_mismatch", "/: is not JSON") from error
    problem = _first_problem(schema, value)
    if problem is not None:
        raise Refusal(422, "schema_mismatch", problem)


def check_schema(item: str, schema: Mapping[str, Any] | None) -> None:
    """`ConfigError(item, "json_schema", …)` when the schema itself is no schema."""
    if schema is None:
        return
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import validator_for

    try:
        validator_for(schema).check_schema(dict(schema))
    except SchemaError as error:
        raise ConfigError(item, "json_schema", error.message[:MAX_PROBLEM]) from error


def _first_problem(schema: Mapping[str, Any], value: Any) -> str | None:
    """A `$ref` may point within the schema only: the registry fetches nothing."""
    from jsonschema.validators import validator_for
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    validator = validator_for(schema)(schema, registry=Registry())
    try:
        error = next(iter(validator.iter_errors(value)), None)
    except (Unresolvable, RecursionError) as problem:
        raise Refusal(503, "source_misconfigured", "the source's schema cannot be used") from problem
    if error is None:
        return None
    pointer = "/" + "/".join(_escaped(step) for step in error.absolute_path)
    return f"{pointer}: breaks the rule {str(error.validator)[:MAX_PROBLEM]}"


def _escaped(step: object) -> str:
    """RFC 6901; control characters and length tamed, for the step comes from the body."""
    text = str(step).replace("~", "~0").replace("/", "~1")
    return "".join(c if c.isprintable() else "?" for c in text)[:64]
