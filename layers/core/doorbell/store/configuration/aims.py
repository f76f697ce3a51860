"""Where a subscription points, of an item of the Subscriptions table: two attributes, and nothing of its
secrets. Half a read unit for each 4 KiB of the item, twice that as the read is strong.
"""

from dataclasses import dataclass
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.subscriptions import Aim
from doorbell.store.dynamodb.tables import marshal, unmarshal


@dataclass(frozen=True, slots=True)
class AimTable:
    client: Any
    table: str

    def aim(self, tenant_id: str, subscription_id: str) -> Aim | None:
        """None: there is no such subscription."""
        with translated("dynamodb", "GetItem"):
            answer = self.client.get_item(
                TableName=self.table,
                Key=marshal({"tenant_id": tenant_id, "subscription_id": subscription_id}),
                ConsistentRead=True,
                ProjectionExpression="tenant_id, #url, enabled",
                ExpressionAttributeNames={"#url": "url"},
            )
        if "Item" not in answer:
            return None
        values = unmarshal(answer["Item"])
        return Aim(str(values.get("url", "")), enabled=values.get("enabled") is not False)
