"""What people wrote for a tenant, with the state that hangs on its names; broken items too.

A name's own state (health and waiting list, incidents, changes: four items of Endpoints for a subscription,
one for a source) is removed before the name, so that a crash between them leaves the name to find it by; and
after it, as a worker may have written meanwhile.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from doorbell.domain.holders import name_of_source
from doorbell.domain.incidents import Cause
from doorbell.domain.purges import Things
from doorbell.domain.replays import Cursor
from doorbell.domain.subscriptions import scoped
from doorbell.store.belongings.found import queried, scanned
from doorbell.store.belongings.removal import remove_if, remove_items
from doorbell.store.dynamodb.tables import Item, marshal, unmarshal
from doorbell.store.health.changes import changes_key
from doorbell.store.health.incidents import incident_key

DEFAULT = "default"
"""The tenant of a source that names none."""
OF_ENDPOINTS = (Cause.HEALTH, Cause.EXHAUSTED)


def state_keys(tenant_id: str, names: Iterable[str]) -> list[Item]:
    """In Endpoints, of subscriptions: health, and what went wrong with them, as people were told, and when
    they were parked."""
    endpoints = [scoped(tenant_id, name) for name in names]
    incidents = [incident_key(cause, name) for name in endpoints for cause in OF_ENDPOINTS]
    changes = [changes_key(name) for name in endpoints]
    return [marshal({"subscription_id": key}) for key in (*endpoints, *incidents, *changes)]


@dataclass(frozen=True, slots=True)
class Sources:
    """A scan: a source has no key above its own. So each is removed as long as it is the tenant's: it may
    have been given to another since it was read."""

    client: Any
    table: str
    endpoints: str
    tenant_id: str
    name: ClassVar[str] = "sources"
    kind: ClassVar[str] = "sources"

    def page(self, after: Cursor | None) -> Things:
        call = {"TableName": self.table, "ProjectionExpression": "source_id, tenant_id"}
        items, last = scanned(self.client, call, after)
        sources = map(unmarshal, items)
        mine = [one["source_id"] for one in sources if one.get("tenant_id", DEFAULT) == self.tenant_id]
        return Things(mine, last)

    def weigh(self, found: Sequence[str]) -> int:
        return 3 * len(found)

    def remove(self, found: Sequence[str]) -> int:
        waits = [scoped(self.tenant_id, name_of_source(one)) for one in found]
        keys = [marshal({"subscription_id": one}) for one in waits]
        remove_items(self.client, self.endpoints, keys)
        for one in found:
            self._remove(one)
        remove_items(self.client, self.endpoints, keys)
        return self.weigh(found)

    def _remove(self, source_id: str) -> None:
        mine = "tenant_id = :tenant"
        if self.tenant_id == DEFAULT:
            mine = f"attribute_not_exists(tenant_id) OR {mine}"
        key = marshal({"source_id": source_id})
        remove_if(self.client, self.table, key, mine, marshal({":tenant": self.tenant_id}))


@dataclass(frozen=True, slots=True)
class Subscriptions:
    client: Any
    table: str
    endpoints: str
    tenant_id: str
    name: ClassVar[str] = "subscriptions"
    kind: ClassVar[str] = "subscriptions"

    def page(self, after: Cursor | None) -> Things:
        call = _of_tenant(self.table, self.tenant_id, "subscription_id")
        items, last = queried(self.client, call, after)
        return Things([item["subscription_id"]["S"] for item in items], last)

    def weigh(self, found: Sequence[str]) -> int:
        return len(found) + 2 * len(state_keys(self.tenant_id, found))

    def remove(self, found: Sequence[str]) -> int:
        states = state_keys(self.tenant_id, found)
        keys = [marshal({"tenant_id": self.tenant_id, "subscription_id": name}) for name in found]
        remove_items(self.client, self.endpoints, states)
        remove_items(self.client, self.table, keys)
        remove_items(self.client, self.endpoints, states)
        return self.weigh(found)


@dataclass(frozen=True, slots=True)
class EventTypes:
    """By their names: schemas may be long."""

    client: Any
    table: str
    tenant_id: str
    name: ClassVar[str] = "event_types"
    kind: ClassVar[str] = "event_types"

    def page(self, after: Cursor | None) -> Things:
        items, last = queried(self.client, _of_tenant(self.table, self.tenant_id, "event_type"), after)
        return Things([item["event_type"]["S"] for item in items], last)

    def weigh(self, found: Sequence[str]) -> int:
        return len(found)

    def remove(self, found: Sequence[str]) -> int:
        keys = [marshal({"tenant_id": self.tenant_id, "event_type": name}) for name in found]
        return remove_items(self.client, self.table, keys)


def _of_tenant(table: str, tenant_id: str, name: str) -> dict[str, Any]:
    return {
        "TableName": table,
        "KeyConditionExpression": "tenant_id = :tenant",
        "ExpressionAttributeValues": marshal({":tenant": tenant_id}),
        "ProjectionExpression": name,
    }
