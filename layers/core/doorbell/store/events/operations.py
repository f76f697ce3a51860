"""What people changed, on record in the Events table: who, what, to what, when.

Key `event_id = "op#<id>"`, `sk = "op"`; listed by the event log's index under a partition of its own,
`tenant_day = "#ops#<tenant>"`, which no tenant's day can be. Each costs two write units (the item and its row
in the index); about 0.3 KiB; kept for a year (`expires_at`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from doorbell.aws_errors import translated
from doorbell.store.dynamodb import batch_get
from doorbell.store.dynamodb.tables import TTL_ATTRIBUTE, is_gone, marshal
from doorbell.store.events.event_log import INDEX

SK = "op"
KEPT_SECONDS = 365 * 86_400


@dataclass(frozen=True, slots=True)
class Operation:
    """`by`: an ARN, AWS's word. `what`: a verb, such as `disable`; `on`: its object, such as `source github`.
    `at`: epoch seconds."""

    tenant_id: str
    by: str
    what: str
    on: str
    at: float
    detail: str = ""


def operations_partition(tenant_id: str) -> str:
    return f"#ops#{tenant_id}"


@dataclass(frozen=True, slots=True)
class OperationTable:
    """`client` is a DynamoDB client, `table` the Events table's name."""

    client: Any
    table: str

    def record(self, operation: Operation) -> None:
        values = {
            "event_id": f"op#{token_hex(12)}",
            "sk": SK,
            "tenant_id": operation.tenant_id,
            "tenant_day": operations_partition(operation.tenant_id),
            "created_at": operation.at,
            "by": operation.by,
            "what": operation.what,
            "object": operation.on,
            "detail": operation.detail,
            TTL_ATTRIBUTE: int(operation.at) + KEPT_SECONDS,
        }
        with translated("dynamodb", "PutItem"):
            self.client.put_item(TableName=self.table, Item=marshal(values))

    def newest(self, tenant_id: str, now: float, limit: int = 100) -> Sequence[Operation]:
        """Newest first; two calls."""
        with translated("dynamodb", "Query"):
            page = self.client.query(
                TableName=self.table,
                IndexName=INDEX,
                KeyConditionExpression="tenant_day = :ops",
                ExpressionAttributeValues=marshal({":ops": operations_partition(tenant_id)}),
                ScanIndexForward=False,
                Limit=min(limit, batch_get.GET_BATCH),
            )
        keys = [{"event_id": item["event_id"], "sk": {"S": SK}} for item in page["Items"]]
        found = batch_get.items(self.client, self.table, keys)
        kept = [_operation(values) for values in found if not is_gone(values, now)]
        return sorted(kept, key=lambda one: -one.at)


def _operation(values: Any) -> Operation:
    return Operation(
        values["tenant_id"],
        values["by"],
        values["what"],
        values["object"],
        values["created_at"],
        values.get("detail", ""),
    )
