"""Put an item unless one with its key is there: the write that may be repeated by anyone at any time."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import is_condition_failed, item_of, translated
from doorbell.store.tables import marshal, unmarshal


def put_new(client: Any, table: str, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """What was there already, or None when `values` are there now. The table's sort key is `sk`."""
    not_there = "attribute_not_exists(sk)"
    with translated("dynamodb", "PutItem"):
        try:
            client.put_item(
                TableName=table,
                Item=marshal(values),
                ConditionExpression=not_there,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if not is_condition_failed(error):
                raise
            return unmarshal(item_of(error))
    return None
