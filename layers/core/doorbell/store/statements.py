"""Many conditional writes in one call: BatchExecuteStatement, up to 25 PartiQL statements, each with its own
condition, each done or not by itself, at the price of the same writes made one by one.

Not BatchWriteItem: it has no conditions. Not TransactWriteItems: it costs two units a write, and one
condition that does not hold undoes all the others.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.multiplestatements.batching.html
"""

from collections.abc import Sequence
from typing import Any

from doorbell.aws_errors import translated
from doorbell.domain.errors import Unavailable

STATEMENTS = 25
"""In one call."""
CONDITION_FAILED = "ConditionalCheckFailed"

type Statement = tuple[str, list[Any]]
"""The text with a `?` for each parameter, and the parameters in DynamoDB's own form."""


def execute(client: Any, statements: Sequence[Statement]) -> list[str | None]:
    """For each of at most 25 statements None when it took effect, else the code of why it did not, as far as
    is known: after a call that failed whole, some may have. Whoever calls makes the write by itself then."""
    request = [{"Statement": text, "Parameters": parameters} for text, parameters in statements]
    try:
        with translated("dynamodb", "BatchExecuteStatement"):
            answer = client.batch_execute_statement(Statements=request)
    except Unavailable as error:
        return [error.cause] * len(request)
    return [done.get("Error", {}).get("Code") for done in answer["Responses"]]
