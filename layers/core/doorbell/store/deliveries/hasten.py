"""A pending delivery that comes up sooner, because its subscription is off: three write units. One that waits
on a list moves there, where its own time is still to come; a write more finds out that it does."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import is_condition_failed, translated
from doorbell.domain.claims import Due
from doorbell.domain.deliveries import State
from doorbell.store.deliveries.delivery_items import delivery_key
from doorbell.store.dynamodb.tables import marshal


@dataclass(frozen=True, slots=True)
class HastenTable:
    client: Any
    table: str

    def __call__(self, row: Due, at: float, now: float) -> bool:
        """Repeated by the client after it took effect it is False, and done all the same."""
        alone, on_no_shelf = "SET next_attempt_at = :at, due_at = :at", "attribute_not_exists(shelf)"
        listed, on_a_shelf = "SET next_attempt_at = :at, shelf_at = :at", "attribute_exists(shelf)"
        its_own_time = "next_attempt_at > :at"
        return self._moved(row, alone, on_no_shelf, at, now) or self._moved(
            row, listed, f"{on_a_shelf} AND {its_own_time}", at, now
        )

    def _moved(self, row: Due, update: str, where: str, at: float, now: float) -> bool:
        pending, as_seen = "#state = :pending", "due_at = :seen"
        no_live_lease = "(attribute_not_exists(lease_until) OR lease_until < :now)"
        values = {":pending": State.PENDING.value, ":seen": row.due_at, ":at": at, ":now": now}
        with translated("dynamodb", "UpdateItem"):
            try:
                self.client.update_item(
                    TableName=self.table,
                    Key=marshal(delivery_key(row.key)),
                    UpdateExpression=update,
                    ConditionExpression=" AND ".join([pending, as_seen, where, no_live_lease]),
                    ExpressionAttributeNames={"#state": "state"},
                    ExpressionAttributeValues=marshal(values),
                )
            except ClientError as error:
                if is_condition_failed(error):
                    return False
                raise
        return True
