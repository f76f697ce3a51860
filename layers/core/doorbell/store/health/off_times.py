"""When a subscription was off, and when it was paused: `off_times` and `pause_times` of its endpoint's item,
pairs of since and until in epoch seconds.

Written when it is switched on again or resumed, by the CLI, the console and the admin API: one write unit,
and one more when more than `KEPT` are there. Who does it by hand leaves no trace. Read for people who look
(`reads`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from doorbell.aws_errors import translated
from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell.store.health.items import endpoint_key

KEPT = 10
"""The item stays below 1 KiB, a write unit."""
OFF, PAUSED = "off_times", "pause_times"


@dataclass(frozen=True, slots=True)
class OffTimes:
    client: Any
    table: str
    attribute: str = OFF

    def add(self, endpoint_id: str, since: float, until: float) -> None:
        """A call that is repeated adds it twice: whoever counts by it takes their union."""
        times = self._update(
            endpoint_id,
            UpdateExpression="SET #times = list_append(if_not_exists(#times, :none), :one)",
            ExpressionAttributeNames={"#times": self.attribute},
            ExpressionAttributeValues=marshal({":none": [], ":one": [[since, until]]}),
        )
        if len(times) > KEPT:
            self._update(endpoint_id, UpdateExpression=f"REMOVE {self.attribute}[0]")

    def _update(self, endpoint_id: str, **how: Any) -> Sequence[Any]:
        with translated("dynamodb", "UpdateItem"):
            answer = self.client.update_item(
                TableName=self.table, Key=endpoint_key(endpoint_id), ReturnValues="UPDATED_NEW", **how
            )
        return list(unmarshal(answer.get("Attributes", {})).get(self.attribute, []))
