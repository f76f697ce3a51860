"""The wakes that are due (GSI `wake` of the Endpoints table).

Partition `wake_shard` ("0" to "7"), sort `wake_at`; INCLUDE wake_pace. Sparse: only endpoints that somebody
waits for, or has of late. A sweep asks eight questions, half a read unit each where nobody waits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import is_condition_failed, translated
from doorbell.domain.claims import WakeCall, WakeRow
from doorbell.store.dynamodb import query
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.health.items import WAKE_SHARDS, endpoint_key

INDEX = "wake"


@dataclass(frozen=True, slots=True)
class WakeIndex:
    client: Any
    table: str

    def due(self, until: float) -> Iterator[WakeRow]:
        """Raises `Unavailable` too where the index is not there yet, or is being filled."""
        for shard in range(WAKE_SHARDS):
            call: dict[str, Any] = {
                "TableName": self.table,
                "IndexName": INDEX,
                "KeyConditionExpression": "wake_shard = :shard AND wake_at <= :until",
                "ExpressionAttributeValues": marshal({":shard": str(shard), ":until": until}),
            }
            yield from map(_row, query.items(self.client, call))


def look_by(client: Any, table: str, endpoint_id: str, at: float) -> bool:
    """Have the list of those who wait for an endpoint looked at at `at`, if there is one and it would be
    later. One write unit, and two of the index."""
    with translated("dynamodb", "UpdateItem"):
        try:
            client.update_item(
                TableName=table,
                Key=endpoint_key(endpoint_id),
                UpdateExpression="SET wake_at = :at, version = version + :one",
                ConditionExpression="wake_at > :at",
                ExpressionAttributeValues=marshal({":at": at, ":one": 1}),
            )
        except ClientError as error:
            if is_condition_failed(error):
                return False
            raise
    return True


def _row(values: dict[str, Any]) -> WakeRow:
    tenant_id, _, subscription_id = values["subscription_id"].partition("/")
    return WakeRow(WakeCall(tenant_id, subscription_id), values["wake_at"], "wake_pace" in values)
