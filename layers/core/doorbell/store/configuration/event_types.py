"""The EventTypes table: what the team's own events of a type must look like. Written by people.

Key `tenant_id`, `event_type`; attributes `json_schema` (JSON Schema as JSON text: a map would round its
numbers and end 32 levels down), `description`. Optional: a type without an item is not checked.
Read by publish, one GetItem for each tenant, type and environment every `CACHE_SECONDS`, absence included:
below 4 KiB half a read unit, so a hundred types in ten busy environments are 60,000 units an hour, $0.008.
"""

import json
from collections.abc import Mapping
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.clocks import CLOCKS, Clocks
from doorbell.domain.errors import ConfigError
from doorbell.store.dynamodb.cache import Broken, TtlCache
from doorbell.store.dynamodb.tables import marshal, unmarshal

EVENT_TYPE_KEY = ("tenant_id", "event_type")
CACHE_SECONDS = 30.0
MAX_SCHEMA_CHARS = 64 * 1024


class EventTypeTable:
    def __init__(self, client: Any, table: str, clocks: Clocks = CLOCKS, ttl: float = CACHE_SECONDS) -> None:
        self._client, self._table = client, table
        self._cache: TtlCache[tuple[str, str], Mapping[str, Any] | Broken | None] = TtlCache(ttl, clocks)

    def schema(self, tenant_id: str, event_type: str) -> Mapping[str, Any] | None:
        """None: nothing is asked of this type. Raises `ConfigError` for a broken item."""
        found = self._cache.get((tenant_id, event_type), lambda: self._load(tenant_id, event_type))
        if isinstance(found, Broken):
            raise found.error()
        return found

    def _load(self, tenant_id: str, event_type: str) -> Mapping[str, Any] | Broken | None:
        key = marshal({"tenant_id": tenant_id, "event_type": event_type})
        with translated("dynamodb", "GetItem"):
            answer = self._client.get_item(TableName=self._table, Key=key)
        if "Item" not in answer:
            return None
        try:
            return schema_of(unmarshal(answer["Item"]))
        except ConfigError as error:
            return Broken.of(error)


def schema_of(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema in an item; raises `ConfigError`. Whether it is a JSON Schema is for `payloads.schema`."""
    item = f"event_type {values['tenant_id']}/{values['event_type']}"
    text = values.get("json_schema")
    if not isinstance(text, str) or len(text) > MAX_SCHEMA_CHARS:
        raise ConfigError(
            item, "json_schema", f"must be JSON as text of at most {MAX_SCHEMA_CHARS} characters"
        )
    try:
        schema = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(item, "json_schema", "is not JSON") from error
    if not isinstance(schema, dict):
        raise ConfigError(item, "json_schema", "must be an object")
    return schema
