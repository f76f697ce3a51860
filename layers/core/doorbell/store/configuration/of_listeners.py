"""A listener's subscription, removed: the one that points at its queue, and no other of that name."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import is_condition_failed, translated
from doorbell.domain.listening import Listener
from doorbell.store.dynamodb.tables import marshal


@dataclass(frozen=True, slots=True)
class ListenersSubscriptions:
    client: Any
    table: str

    def remove(self, listener: Listener) -> None:
        """What is gone already, or points elsewhere, stays as it is."""
        key = {"tenant_id": listener.tenant_id, "subscription_id": listener.subscription_id}
        with translated("dynamodb", "DeleteItem"):
            try:
                self.client.delete_item(
                    TableName=self.table,
                    Key=marshal(key),
                    ConditionExpression="target = :target",
                    ExpressionAttributeValues=marshal({":target": listener.target}),
                )
            except ClientError as error:
                if not is_condition_failed(error):
                    raise
