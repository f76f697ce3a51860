"""`/admin/tenants/{tenant_id}/event-types`: the event-type catalogue."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import BaseModel, ConfigDict, Field

from doorbell.domain.errors import ConfigError
from doorbell.payloads.schema import check_schema
from doorbell.runtime.admin import cursors
from doorbell.runtime.admin.documented import answers
from doorbell.runtime.admin.errors import Problems
from doorbell.runtime.admin.fields import Cursor, EventTypeName, Limit, TenantId
from doorbell.runtime.admin.written import other_key
from doorbell.store.configuration.config_tables import Stored
from doorbell.store.configuration.event_types import schema_of
from doorbell.usecases.configure import Configure

TAGS = ["event types"]
ALL = "/admin/tenants/<tenant_id>/event-types"
ONE = f"{ALL}/<event_type>"


class Wanted(BaseModel):
    """What `data` of events of this type must be: a JSON Schema, by `$schema` or 2020-12. A tenant and a name
    may be given; they must be those in the path. What a GET answered may be put back, `problem` with it."""

    model_config = ConfigDict(extra="forbid")

    tenant_id: str | None = None
    event_type: str | None = None
    json_schema: dict[str, Any]
    description: str = Field(default="", max_length=1024)
    problem: None = None


class EventType(BaseModel):
    """`json_schema` None: the item is broken and `problem` says how; events of the type are refused (503)."""

    tenant_id: str
    event_type: str
    description: str
    json_schema: dict[str, Any] | None
    problem: str | None


class EventTypes(BaseModel):
    event_types: list[EventType]
    next_cursor: str | None


def storable(values: Mapping[str, Any]) -> dict[str, Any]:
    """Raises `ConfigError` for a schema that is none."""
    name = f"event_type {values['tenant_id']}/{values['event_type']}"
    check_schema(name, schema_of(values))
    return dict(values)


def register(app: APIGatewayHttpResolver, event_types: Configure[Stored]) -> None:
    @app.get(ALL, tags=TAGS, summary="List a tenant's event types", responses=answers(EventTypes))
    def list_event_types(tenant_id: TenantId, limit: Limit = 100, cursor: Cursor = None) -> EventTypes:
        """In order of their name."""
        of = f"event-types/{tenant_id}"
        place = cursors.decode(of, cursor, event_type=str)
        after = None if place is None else (tenant_id, place["event_type"])
        items, last = event_types.page(tenant_id, limit, after)
        rest = None if last is None else {"event_type": last[1]}
        return EventTypes(event_types=[_shown(s) for s in items], next_cursor=cursors.encode(of, rest))

    @app.get(ONE, tags=TAGS, summary="Show an event type", responses=answers(EventType))
    def show_event_type(tenant_id: TenantId, event_type: EventTypeName) -> EventType:
        return _shown(event_types.get(tenant_id, _name(event_type)))

    @app.put(ONE, tags=TAGS, summary="Write an event type", responses=answers(EventType, 409, 415))
    def put_event_type(
        tenant_id: TenantId, event_type: EventTypeName, wanted: Annotated[Wanted, Body()]
    ) -> EventType:
        """Within half a minute every event of this type is checked."""
        key = (tenant_id, _name(event_type))
        in_path = {"tenant_id": key[0], "event_type": key[1]}
        values = {
            **in_path,
            "json_schema": json.dumps(wanted.json_schema),
            "description": wanted.description,
        }
        _refuse(in_path, wanted, values)
        return _shown(event_types.put(key, values))

    @app.delete(
        ONE,
        tags=TAGS,
        summary="Delete an event type",
        status_code=204,
        responses=answers(None, 409, status=204),
    )
    def delete_event_type(tenant_id: TenantId, event_type: EventTypeName) -> None:
        """Events of this type are no longer checked."""
        event_types.delete(tenant_id, _name(event_type))


def _refuse(in_path: Mapping[str, str], wanted: Wanted, values: Mapping[str, Any]) -> None:
    given = wanted.model_dump(include=set(in_path), exclude_none=True)
    found = [*other_key("event_type", in_path, given)]
    try:
        storable(values)
    except ConfigError as error:
        found.append(error)
    if found:
        raise Problems(found)


def _name(in_path: str) -> str:
    return in_path.replace("~1", "/")


def _shown(stored: Stored) -> EventType:
    values, schema, problem = stored.values, None, None
    try:
        storable(values)
        schema = dict(schema_of(values))
    except ConfigError as error:
        problem = f"{error.field}: {error.problem}"
    return EventType(
        tenant_id=values["tenant_id"],
        event_type=values["event_type"],
        description=str(values.get("description", "")),
        json_schema=schema,
        problem=problem,
    )
