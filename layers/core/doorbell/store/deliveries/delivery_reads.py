"""Whole deliveries by their keys, for people who look. A delivery is one read unit at most, a hundred of
them are one call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doorbell.domain.deliveries import Delivery, DeliveryKey
from doorbell.store.deliveries.delivery_items import delivery_from, delivery_key
from doorbell.store.dynamodb import batch_get
from doorbell.store.dynamodb.tables import marshal


@dataclass(frozen=True, slots=True)
class DeliveryReads:
    client: Any
    table: str

    def by_key(self, keys: Sequence[DeliveryKey], *, fresh: bool = False) -> Mapping[DeliveryKey, Delivery]:
        """Those of `keys` that are on record. `fresh`: as it is now, for twice the units."""
        wanted = [marshal(delivery_key(key)) for key in dict.fromkeys(keys)]
        how = {"ConsistentRead": True} if fresh else {}
        found = map(delivery_from, batch_get.items(self.client, self.table, wanted, **how))
        return {delivery.key: delivery for delivery in found}
