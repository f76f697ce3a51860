"""Items by their keys, a hundred with each call.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html"""

from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.errors import Unavailable
from doorbell.store.dynamodb.tables import Item, unmarshal

GET_BATCH = 100
TRIES = 8


def items(client: Any, table: str, keys: Sequence[Item], **how: Any) -> Iterator[dict[str, Any]]:
    """Those that are there, in no order, as plain values. `keys` are distinct, in DynamoDB's own form; `how`:
    further arguments for the table, as its projection."""
    for batch in batched(keys, GET_BATCH, strict=False):
        wanted: dict[str, Any] = {table: {"Keys": list(batch), **how}}
        for _ in range(TRIES):
            with translated("dynamodb", "BatchGetItem"):
                answer = client.batch_get_item(RequestItems=wanted)
            yield from map(unmarshal, answer["Responses"].get(table, []))
            wanted = answer.get("UnprocessedKeys") or {}
            if not wanted:
                break
        else:
            raise Unavailable("dynamodb", "BatchGetItem", "UnprocessedKeys")
