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


def remove_items(target: Target, table: str, keys: Sequence[dict[str, Any]]) -> None:
    """`table` as `Target.table` takes it; keys in DynamoDB's own form. Raises `Unavailable`."""
    name = target.table(table)
    for batch in batched(keys, WRITE_BATCH, strict=False):
        left: dict[str, Any] = {name: [{"DeleteRequest": {"Key": key}} for key in batch]}
        for attempt in range(TRIES):
            with translated("dynamodb", "BatchWriteItem"):
                answer = target.client("dynamodb").batch_write_item(RequestItems=left)
            left = answer.get("UnprocessedItems") or {}
            if not left:
                break
            time.sleep(0.05 * 2**attempt)
        else:
            raise Unavailable("dynamodb", "BatchWriteItem", "UnprocessedItems")


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
