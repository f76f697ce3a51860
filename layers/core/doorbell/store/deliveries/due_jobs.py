"""Whether a job is due: all that the sweeper needs to know of them. `job_items` says how they are kept."""

from dataclasses import dataclass
from typing import Any

from doorbell.store.dynamodb import query
from doorbell.store.dynamodb.tables import marshal

INDEX = "due"
DUE_SHARD = "jobs"


def due_call(table: str, now: float, limit: int) -> dict[str, Any]:
    """The Query for those that are due, the longest due first."""
    return {
        "TableName": table,
        "IndexName": INDEX,
        "KeyConditionExpression": "due_shard = :shard AND due_at <= :now",
        "ExpressionAttributeValues": marshal({":shard": DUE_SHARD, ":now": now}),
        "Limit": limit,
    }


@dataclass(frozen=True, slots=True)
class AnyDueJob:
    """`client`: a DynamoDB client, or what stands in for it."""

    client: Any
    table: str

    def __call__(self, now: float) -> bool:
        found, _ = query.page(self.client, due_call(self.table, now, limit=1))
        return bool(found)
