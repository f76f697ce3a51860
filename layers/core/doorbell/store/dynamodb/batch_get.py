"""Items by their keys, a hundred with each call.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html"""

import time
from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.errors import Unavailable
from doorbell.store.dynamodb.tables import Item, unmarshal

GET_BATCH = 100
TRIES = 8
"""That do nothing at all, one after the other: a table that has no room answers so. One that has answered
sixteen megabytes leaves keys too, and is asked on at once."""
PAUSE_SECONDS = 0.02
LONGEST_PAUSE_SECONDS = 0.32


def items(client: Any, table: str, keys: Sequence[Item], **how: Any) -> Iterator[dict[str, Any]]:
    """Those that are there, in no order, as plain values. `keys` are distinct, in DynamoDB's own form; `how`:
    further arguments for the table, as its projection. Raises `Unavailable` where it does not get to all."""
    for batch in batched(keys, GET_BATCH, strict=False):
        wanted: dict[str, Any] = {table: {"Keys": list(batch), **how}}
        in_vain = 0
        while wanted:
            before = len(wanted[table]["Keys"])
            with translated("dynamodb", "BatchGetItem"):
                answer = client.batch_get_item(RequestItems=wanted)
            yield from map(unmarshal, answer["Responses"].get(table, []))
            wanted = answer.get("UnprocessedKeys") or {}
            if not wanted or len(wanted[table]["Keys"]) < before:
                in_vain = 0
                continue
            in_vain += 1
            if in_vain == TRIES:
                raise Unavailable("dynamodb", "BatchGetItem", "UnprocessedKeys")
            time.sleep(min(LONGEST_PAUSE_SECONDS, PAUSE_SECONDS * 2 ** (in_vain - 1)))
