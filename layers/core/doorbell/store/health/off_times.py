"""When a subscription was off: `off_times` of its endpoint's item, pairs of since and until in epoch seconds.

Written when it is switched on again, by the CLI and the admin API: one write unit, and one more when more
than `KEPT` are there. Who switches it on by hand leaves no trace. Read for people who look (`reads`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from doorbell.aws_errors import translated
from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell.store.health.items import endpoint_key

KEPT = 10
"""The item stays below 1 KiB, a write unit."""


@dataclass(frozen=True, slots=True)
class OffTimes:
    client: Any
    table: str

    def add(self, endpoint_id: str, since: float, until: float) -> None:
        """A call that is repeated adds it twice: whoever counts by it takes their union."""
        times = self._update(
            endpoint_id,
            UpdateExpression="SET off_times = list_append(if_not_exists(off_times, :none), :one)",
            ExpressionAttributeValues=marshal({":none": [], ":one": [[since, until]]}),
        )
        if len(times) > KEPT:
            self._update(endpoint_id, UpdateExpression="REMOVE off_times[0]")

    def _update(self, endpoint_id: str, **how: Any) -> Sequence[Any]:
        with translated("dynamodb", "UpdateItem"):
            answer = self.client.update_item(
                TableName=self.table, Key=endpoint_key(endpoint_id), ReturnValues="UPDATED_NEW", **how
            )
        return list(unmarshal(answer.get("Attributes", {})).get("off_times", []))
