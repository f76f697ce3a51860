"""Walks over all subscriptions and manifests, for whoever certifies that the index is complete.

Strongly consistent, so a read unit for 4 KiB; the counts are eventually consistent: half.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from doorbell.aws_errors import translated
from doorbell.store.dynamodb import query
from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell.store.routes.canaries import canary_of
from doorbell.store.routes.items import manifests_pk


@dataclass(frozen=True, slots=True)
class SubscriptionWalk:
    client: Any
    table: str

    def values(self, tenant_id: str, subscription_id: str) -> Mapping[str, Any] | None:
        key = marshal({"tenant_id": tenant_id, "subscription_id": subscription_id})
        with translated("dynamodb", "GetItem"):
            answer = self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True)
        return unmarshal(answer["Item"]) if "Item" in answer else None

    def counts(self) -> Mapping[str, int]:
        found, further = Counter[str](), dict[str, Any]()
        while True:
            call = {"TableName": self.table, "ProjectionExpression": "tenant_id", **further}
            with translated("dynamodb", "Scan"):
                answer = self.client.scan(**call)
            found.update(item["tenant_id"]["S"] for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return {name: n for name, n in found.items() if canary_of(name) is None}
            further = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def walk(self, tenant_id: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        call = {
            "TableName": self.table,
            "KeyConditionExpression": "tenant_id = :tenant",
            "ExpressionAttributeValues": marshal({":tenant": tenant_id}),
            "ConsistentRead": True,
        }
        return ((values["subscription_id"], values) for values in query.items(self.client, call))


@dataclass(frozen=True, slots=True)
class ManifestWalk:
    client: Any
    table: str

    def walk(self, tenant_id: str) -> Iterator[tuple[str, str]]:
        call = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": marshal({":pk": manifests_pk(tenant_id)}),
            "ConsistentRead": True,
        }
        return ((values["sk"], values.get("digest", "")) for values in query.items(self.client, call))
