"""Many conditional writes in one call: BatchExecuteStatement, up to 25 PartiQL statements, each with its own
condition, each done or not by itself, at the price of the same writes made one by one.

Not BatchWriteItem: it has no conditions. Not TransactWriteItems: it costs two units a write, and one
condition that does not hold undoes all the others.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.multiplestatements.batching.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.errors import Unavailable
from doorbell.store.dynamodb.tables import Item

STATEMENTS = 25
"""In one call."""
CONDITION_FAILED = "ConditionalCheckFailed"
DUPLICATE = "DuplicateItem"
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementError.html"""

type Statement = tuple[str, list[Any]]
"""The text with a `?` for each parameter, and the parameters in DynamoDB's own form."""


@dataclass(frozen=True, slots=True)
class Done:
    """`failure` None: it took effect; `item` is what its RETURNING asked for, if it did. Else the code of why
    not, as far as is known: after a call that failed whole, it may have. `item` is then what a condition did
    not hold for, where the service says so. `is_told`: the call failed whole, and another says so."""

    failure: str | None
    item: Item | None = None
    is_told: bool = False


def execute(client: Any, statements: Sequence[Statement]) -> list[Done]:
    """What became of each of at most 25. Whoever calls makes a write that failed by itself then."""
    request = [
        {"Statement": text, "Parameters": parameters, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        for text, parameters in statements
    ]
    try:
        with translated("dynamodb", "BatchExecuteStatement"):
            answer = client.batch_execute_statement(Statements=request)
    except Unavailable as error:
        return [Done(error.cause, is_told=number > 0) for number in range(len(request))]
    return [_done(one, one.get("Error", {})) for one in answer["Responses"]]


def _done(one: dict[str, Any], error: dict[str, Any]) -> Done:
    return Done(error.get("Code"), one.get("Item") or error.get("Item"))
