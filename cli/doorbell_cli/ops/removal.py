"""Removing items and objects by their keys, in batches. What is gone already is no error."""

import time
from collections.abc import Iterable, Sequence
from itertools import batched
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.errors import Unavailable
from doorbell_cli.target import Target

WRITE_BATCH = 25
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html"""
S3_BATCH = 1000
TRIES = 8
"""That do nothing at all, one after the other."""


def remove_items(target: Target, table: str, keys: Sequence[dict[str, Any]]) -> None:
    """`table` as `Target.table` takes it; keys in DynamoDB's own form. Raises `Unavailable`."""
    if not keys:
        return  # a stack of before there was the table has none
    name = target.table(table)
    for batch in batched(keys, WRITE_BATCH, strict=False):
        left: dict[str, Any] = {name: [{"DeleteRequest": {"Key": key}} for key in batch]}
        in_vain = 0
        while left:
            if in_vain >= TRIES:
                raise Unavailable("dynamodb", "BatchWriteItem", "UnprocessedItems")
            before = len(left[name])
            with translated("dynamodb", "BatchWriteItem"):
                answer = target.client("dynamodb").batch_write_item(RequestItems=left)
            left = answer.get("UnprocessedItems") or {}
            if left:
                in_vain = 0 if len(left[name]) < before else in_vain + 1
                time.sleep(0.05 * 2**in_vain)


def remove_bodies(target: Target, keys: Iterable[str]) -> None:
    """Objects of the bodies bucket. Raises `Unavailable`."""
    for batch in batched(keys, S3_BATCH, strict=False):
        with translated("s3", "DeleteObjects"):
            answer = target.client("s3").delete_objects(
                Bucket=target.output("BodiesBucketName"),
                Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True},
            )
        if answer.get("Errors"):
            raise Unavailable("s3", "DeleteObjects", answer["Errors"][0]["Code"])
