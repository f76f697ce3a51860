"""Put an item unless one with its key is there: the write that may be repeated by anyone at any time.

One that has expired is not there, though DynamoDB may take days to remove it: it is put over. It would be
taken for the new one's work: an earlier event's delivery, ended long ago, for the new event's.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
"""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import is_condition_failed, item_of, translated
from doorbell.store.dynamodb.tables import TTL_ATTRIBUTE, marshal, unmarshal


def put_new(
    client: Any, table: str, values: Mapping[str, Any], now: float, older: str | None = None
) -> dict[str, Any] | None:
    """What was there already, or None when `values` are there now. `now` is when they were made, not later.
    What has a smaller number in the attribute `older` is put over too. The table's sort key is `sk`."""
    put_over, given = f"attribute_not_exists(sk) OR {TTL_ATTRIBUTE} <= :now", {":now": now}
    if older is not None:
        put_over, given = f"{put_over} OR {older} < :older", {**given, ":older": values[older]}
    with translated("dynamodb", "PutItem"):
        try:
            client.put_item(
                TableName=table,
                Item=marshal(values),
                ConditionExpression=put_over,
                ExpressionAttributeValues=marshal(given),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if not is_condition_failed(error):
                raise
            return unmarshal(item_of(error))
    return None
