"""An event type: its name, and what is asked of events of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from doorbell.domain.errors import ConfigError
from doorbell.payloads.schema import check_schema
from doorbell.store.configuration.event_types import schema_of


@dataclass(frozen=True, slots=True)
class EventType:
    """`schema`: JSON, laid out. `problem`: why events of it are refused, "": they are not."""

    name: str
    description: str
    schema: str
    problem: str


def event_type(values: Mapping[str, Any]) -> EventType:
    name, description = str(values["event_type"]), str(values.get("description") or "")
    try:
        schema = schema_of(values)
        check_schema(f"event_type {values['tenant_id']}/{name}", schema)
    except ConfigError as error:
        return EventType(name, description, "", f"{error.field}: {error.problem}")
    return EventType(name, description, json.dumps(schema, indent=2, ensure_ascii=False), "")
