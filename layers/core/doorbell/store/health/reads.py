"""The health of many endpoints at once, for people who look: half a read unit each, a hundred a call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doorbell.domain.health import Health
from doorbell.domain.places import Places
from doorbell.store.dynamodb import batch_get
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.health.items import endpoint_key, health_from


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

    def off_times(self, endpoint_id: str) -> Sequence[tuple[float, float]]:
        """When its subscription was off, as far as that is on record."""
        found = list(batch_get.items(self.client, self.table, [endpoint_key(endpoint_id)]))
        return [(since, until) for item in found for since, until in item.get("off_times", [])]


def _places(values: Mapping[str, Any]) -> Places:
    return Places(values.get("in_flight", {}), values.get("stay_seconds"), values.get("turn_at"))
