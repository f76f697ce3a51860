"""A role may look into the indexes that its function's code names, and into no others."""

import ast

import pytest

from tests.template.named_by import named_by
from tests.template.permissions import may
from tests.template.reading import FUNCTIONS
from tests.template.rendering import ACCOUNT, REGION, rendered

HERE = rendered(PurgeJobs="true")
"""Who counts for a purge may do so where purges are jobs."""
INDEXES = {
    index["IndexName"]: table
    for table, properties in HERE.of_type("AWS::DynamoDB::Table").items()
    for index in properties.get("GlobalSecondaryIndexes", [])
}
"""Index → its table. No two tables have one of the same name."""


def indexes_named(function: str) -> set[str]:
    """The values of each `INDEX` of `doorbell.store` that the function's code comes to."""
    named = named_by(function, "doorbell")
    values = (node for (_, name), nodes in named.items() if name == "INDEX" for node in nodes)
    return {str(node.value) for node in values if isinstance(node, ast.Constant)}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_role_may_ask_each_index_that_its_functions_code_names_and_no_other(function: str) -> None:
    role = f"{function.capitalize()}Role"

    def may_ask(index: str, table: str) -> bool:
        arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}/index/{index}"
        return any(may(HERE, role, f"dynamodb:{action}", arn) for action in ("Query", "Scan"))

    assert {index for index, table in INDEXES.items() if may_ask(index, table)} == indexes_named(function)


def test_each_index_is_asked_by_some_function() -> None:
    assert set.union(*map(indexes_named, FUNCTIONS)) == set(INDEXES)
