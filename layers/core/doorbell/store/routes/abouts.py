"""A tenant's certificate: that everybody is on file. Without one, events ask everybody.

Written at the end of a walk over all of a tenant's subscriptions, unless it was withdrawn meanwhile: a unit.
"""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import is_condition_failed, translated
from doorbell.domain.certificates import About, Certificate
from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell.store.routes.items import about_key, paths_from


def about_from(values: dict[str, Any]) -> About:
    given = values.get("certificate")
    return About(
        paths_from(values), None if given is None else Certificate(**given), values.get("withdrawals", 0)
    )


@dataclass(frozen=True, slots=True)
class Abouts:
    client: Any
    table: str

    def get(self, tenant_id: str) -> About:
        with translated("dynamodb", "GetItem"):
            answer = self.client.get_item(TableName=self.table, Key=about_key(tenant_id), ConsistentRead=True)
        return about_from(unmarshal(answer.get("Item", {})))

    def certify(self, tenant_id: str, certificate: Certificate, seen: About) -> bool:
        """False: it was withdrawn since `seen`."""
        none_since = "withdrawals = :seen" if seen.withdrawals else "attribute_not_exists(withdrawals)"
        values = {"began_at": certificate.began_at, "form": certificate.form, "count": certificate.count}
        given = {":given": values, **({":seen": seen.withdrawals} if seen.withdrawals else {})}
        with translated("dynamodb", "UpdateItem"):
            try:
                self.client.update_item(
                    TableName=self.table,
                    Key=about_key(tenant_id),
                    UpdateExpression="SET certificate = :given",
                    ConditionExpression=none_since,
                    ExpressionAttributeValues=marshal(given),
                )
            except ClientError as error:
                if is_condition_failed(error):
                    return False
                raise
        return True

    def withdraw(self, tenant_id: str) -> None:
        """Also where there is none: a walk may be under way."""
        with translated("dynamodb", "UpdateItem"):
            self.client.update_item(
                TableName=self.table,
                Key=about_key(tenant_id),
                UpdateExpression="REMOVE certificate ADD withdrawals :one",
                ExpressionAttributeValues=marshal({":one": 1}),
            )
