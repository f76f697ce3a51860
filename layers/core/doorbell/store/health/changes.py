"""When an endpoint was parked, recovered and was disabled, in the Endpoints table: `!notice/changes/` and
its id, a key that no endpoint has.

Attributes: `changes`, a list of [when, kind, why], the newest `KEPT`; `expires_at`. About half a KiB.

Costs: one write unit for each change, and one more where there are more than `KEPT`: two for an outage,
however long it lasts and however many wait for its end. What goes well costs nothing. It is read with the
endpoint's health, in the same call (`reads`), half a read unit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.conditions import Changed
from doorbell.store.dynamodb.tables import TTL_ATTRIBUTE, marshal, unmarshal
from doorbell.store.health.items import endpoint_key

PREFIX = "!notice/changes/"
KEPT = 12
"""Below 1 KiB with that, a write unit."""
KEPT_SECONDS = 30 * 86_400


@dataclass(frozen=True, slots=True)
class ChangeTable:
    client: Any
    table: str

    def add(self, endpoint_id: str, change: Changed) -> None:
        """A call that is repeated adds it twice: whoever reads sees the first."""
        there = self._update(
            endpoint_id,
            UpdateExpression="SET changes = list_append(if_not_exists(changes, :none), :one), "
            f"{TTL_ATTRIBUTE} = :until",
            ExpressionAttributeValues=marshal(
                {
                    ":none": [],
                    ":one": [[change.at, change.kind, change.why]],
                    ":until": int(change.at + KEPT_SECONDS),
                }
            ),
        )
        if len(there) > KEPT:
            self._update(endpoint_id, UpdateExpression="REMOVE changes[0]")

    def _update(self, endpoint_id: str, **how: Any) -> list[Any]:
        with translated("dynamodb", "UpdateItem"):
            answer = self.client.update_item(
                TableName=self.table,
                Key=endpoint_key(changes_key(endpoint_id)),
                ReturnValues="UPDATED_NEW",
                **how,
            )
        return list(unmarshal(answer.get("Attributes", {})).get("changes", []))


def changes_key(endpoint_id: str) -> str:
    """In the place of an endpoint's id."""
    return f"{PREFIX}{endpoint_id}"


def changes_from(values: Mapping[str, Any]) -> tuple[Changed, ...]:
    """Earliest first: two workers may write the other way round."""
    found = [Changed(at, kind, why) for at, kind, why in values.get("changes", ())]
    return tuple(sorted(found, key=lambda one: one.at))
