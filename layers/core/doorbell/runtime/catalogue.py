"""The event-type catalogue at work: `POST /events` checks `data` by the schema of its type, if any."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from doorbell.domain import json_text
from doorbell.domain.errors import ConfigError, Refusal
from doorbell.usecases.publish import Published

type Schemas = Callable[[str, str], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Catalogued:
    """A `parse` for publish. `schema` gives that of a tenant's event type."""

    parse: Callable[[object], Published]
    schema: Schemas
    on_broken: Callable[[ConfigError], None]

    def __call__(self, item: object) -> Published:
        """Refuses (422) what breaks the schema, naming the JSON pointer below `data`, and (503) a type whose
        schema is broken: what cannot be checked does not pass."""
        published = self.parse(item)
        try:
            schema = self.schema(published.tenant_id, published.type)
            if schema is not None:
                _check(f"event_type {published.tenant_id}/{published.type}", schema, published.data)
        except ConfigError as error:
            self.on_broken(error)
            raise Refusal(
                503, "event_type_misconfigured", "the schema of this type cannot be used"
            ) from error
        return published


def _check(name: str, schema: Mapping[str, Any], data: object) -> None:
    from doorbell.payloads.schema import check_for  # jsonschema: only where there is a schema

    check_for(name, schema, json_text.dumps(data))
