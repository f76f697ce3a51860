"""The health of many endpoints at once, for people who look: half a read unit each, a hundred a call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doorbell.domain.conditions import Changed
from doorbell.domain.health import Health
from doorbell.domain.places import Places
from doorbell.store.dynamodb import batch_get
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.health.changes import changes_from, changes_key
from doorbell.store.health.items import endpoint_key, health_from
from doorbell.store.health.off_times import OFF, PAUSED


@dataclass(frozen=True, slots=True)
class OnRecord:
    """All that is kept of one endpoint."""

    health: Health
    places: Places
    changes: tuple[Changed, ...] = ()
    off: tuple[tuple[float, float], ...] = ()
    paused: tuple[tuple[float, float], ...] = ()


NOTHING = OnRecord(Health(), Places())


@dataclass(frozen=True, slots=True)
class HealthReads:
    client: Any
    table: str

    def healths(self, endpoint_ids: Sequence[str]) -> Mapping[str, Health]:
        """Those that are on record: an endpoint without an item is healthy."""
        return {name: health for name, (health, _) in self.with_places(endpoint_ids).items()}

    def with_places(self, endpoint_ids: Sequence[str]) -> Mapping[str, tuple[Health, Places]]:
        """The same, with who is in flight: that is on record where there is a limit to it."""
        keys = [endpoint_key(name) for name in dict.fromkeys(endpoint_ids)]
        found = batch_get.items(self.client, self.table, keys)
        return {
            values["subscription_id"]: (health_from(marshal(values)), _places(values)) for values in found
        }

    def of_one(self, endpoint_id: str) -> OnRecord:
        """With what changed; one call."""
        keys = [endpoint_key(endpoint_id), endpoint_key(changes_key(endpoint_id))]
        found = {
            values["subscription_id"]: values for values in batch_get.items(self.client, self.table, keys)
        }
        values = found.get(endpoint_id, {})
        health, places = health_from(marshal(values)), _places(values)
        changes = changes_from(found.get(changes_key(endpoint_id), {}))
        return OnRecord(health, places, changes, _pairs(values, OFF), _pairs(values, PAUSED))

    def off_times(self, endpoint_id: str) -> Sequence[tuple[float, float]]:
        """When its subscription was off, as far as that is on record."""
        found = list(batch_get.items(self.client, self.table, [endpoint_key(endpoint_id)]))
        return [(since, until) for item in found for since, until in item.get("off_times", [])]


def _pairs(values: Mapping[str, Any], attribute: str) -> tuple[tuple[float, float], ...]:
    return tuple((since, until) for since, until in values.get(attribute, ()))


def _places(values: Mapping[str, Any]) -> Places:
    return Places(values.get("in_flight", {}), values.get("stay_seconds"), values.get("turn_at"))
