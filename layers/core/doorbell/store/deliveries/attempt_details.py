"""The details of attempts in the Events table.

Key `event_id`, `sk = "attempt#<subscription_id>#<generation>#<number>"`; `tenant_id`, `details` (gzip JSON)
and `expires_at`. 0.5 to 3 KiB. They stand before the deliveries, so whoever reads an event's story reads from
those on. Purged with their event.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.attempt_details import AttemptDetails
from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.outbound import Wire
from doorbell.store.dynamodb import query
from doorbell.store.dynamodb.tables import TTL_ATTRIBUTE, is_gone, marshal
from doorbell.store.dynamodb.zipped import unzipped, zipped

ATTEMPT = "attempt#"
_HEADERS = ("sent", "answered")


@dataclass(frozen=True, slots=True)
class AttemptDetailTable:
    client: Any
    table: str
    clock: Callable[[], float]

    def put(self, details: AttemptDetails) -> None:
        """One write unit for each KiB. By UpdateItem, which the dispatcher's role may: its other writes are
        updates. Repeated, it writes the same."""
        key = details.key
        sk = f"{_prefix(key.subscription_id)}{key.generation:04d}#{details.number:04d}"
        told = {"at": details.at, "total_ms": details.total_ms, "wire": asdict(details.wire)}
        values = {
            ":tenant": details.tenant_id,
            ":details": zipped(json.dumps(told, separators=(",", ":")).encode()),
            ":expires": details.expires_at,
        }
        with translated("dynamodb", "UpdateItem"):
            self.client.update_item(
                TableName=self.table,
                Key=marshal({"event_id": key.event_id, "sk": sk}),
                UpdateExpression=f"SET tenant_id = :tenant, details = :details, {TTL_ATTRIBUTE} = :expires",
                ExpressionAttributeValues=marshal(values),
            )

    def of(self, event_id: str, subscription_id: str) -> Sequence[AttemptDetails]:
        """Half a read unit for each 4 KiB."""
        call = {
            "TableName": self.table,
            "KeyConditionExpression": "event_id = :id AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": marshal({":id": event_id, ":prefix": _prefix(subscription_id)}),
        }
        now = self.clock()
        return [_details(item) for item in query.items(self.client, call) if not is_gone(item, now)]


def _prefix(subscription_id: str) -> str:
    return f"{ATTEMPT}{subscription_id}#"


def _details(values: dict[str, Any]) -> AttemptDetails:
    told = json.loads(unzipped(values["details"]))
    _, subscription_id, generation, number = values["sk"].split("#")
    wire = told["wire"]
    headers = {name: tuple((key, value) for key, value in wire[name]) for name in _HEADERS}
    return AttemptDetails(
        key=DeliveryKey(values["event_id"], subscription_id, int(generation)),
        tenant_id=values["tenant_id"],
        number=int(number),
        at=told["at"],
        total_ms=told["total_ms"],
        wire=Wire(**{**wire, **headers, "signed_by": tuple(wire["signed_by"])}),
        expires_at=values[TTL_ATTRIBUTE],
    )
