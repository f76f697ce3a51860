"""Removing items and objects by their keys, in batches. What is gone already is no error."""

import time
from collections.abc import Sequence
from itertools import batched
from typing import Any

from botocore.exceptions import ClientError

from doorbell.aws_errors import is_condition_failed, translated
from doorbell.domain.errors import Unavailable
from doorbell.store.dynamodb.tables import Item

WRITE_BATCH = 25
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html"""
S3_BATCH = 1000
TRIES = 8
"""That do nothing at all, one after the other."""


def remove_items(client: Any, table: str, keys: Sequence[Item]) -> int:
    """Keys in DynamoDB's own form; how many they are. Raises `Unavailable`."""
    for batch in batched(keys, WRITE_BATCH, strict=False):
        left: dict[str, Any] = {table: [{"DeleteRequest": {"Key": key}} for key in batch]}
        in_vain = 0
        while left:
            if in_vain >= TRIES:
                raise Unavailable("dynamodb", "BatchWriteItem", "UnprocessedItems")
            before = len(left[table])
            with translated("dynamodb", "BatchWriteItem"):
                answer = client.batch_write_item(RequestItems=left)
            left = answer.get("UnprocessedItems") or {}
            if left:
                in_vain = 0 if len(left[table]) < before else in_vain + 1
                time.sleep(0.05 * 2**in_vain)
    return len(keys)


def remove_if(client: Any, table: str, key: Item, condition: str, values: Item) -> None:
    """One item, as long as `condition` holds of it. Raises `Unavailable`."""
    with translated("dynamodb", "DeleteItem"):
        try:
            client.delete_item(
                TableName=table,
                Key=key,
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
            )
        except ClientError as error:
            if not is_condition_failed(error):
                raise


def remove_objects(client: Any, bucket: str, keys: Sequence[str]) -> None:
    """Raises `Unavailable`."""
    for batch in batched(keys, S3_BATCH, strict=False):
        with translated("s3", "DeleteObjects"):
            answer = client.delete_objects(
                Bucket=bucket,
                Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True},
            )
        if answer.get("Errors"):
            raise Unavailable("s3", "DeleteObjects", answer["Errors"][0]["Code"])
