"""Whether a role may make a call: as much of IAM as the template uses, on rendered policies.

An explicit Deny beats every Allow. Action and Resource know `*` and `?`; an action's case does not count, a
resource's does. A batch of statements asks for a permission on each of them.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from tests.template.reading import as_list
from tests.template.rendering import Rendered

type Statement = Mapping[str, Any]
type Context = Mapping[str, str]
KNOWN_OPERATORS = {"StringEquals", "Bool"}
FOR_ALL = "ForAllValues:StringLike"


def may(here: Rendered, role: str, action: str, resource: str, **context: str) -> bool:
    """`context`: condition keys, `aws:ResourceTag/doorbell` as `aws_ResourceTag_doorbell`; several values of
    one with spaces between."""
    matching = [
        statement["Effect"]
        for statement in statements_of(here, role)
        if applies(statement, action, resource, context)
    ]
    return "Allow" in matching and "Deny" not in matching


def statements_of(here: Rendered, role: str) -> list[Statement]:
    """A role's own policies, and those that are attached to it from outside; a managed policy's own."""
    own = here.resources[role]["Properties"]
    documents = [policy["PolicyDocument"] for policy in own.get("Policies", [own])]
    documents += [
        policy["PolicyDocument"]
        for policy in here.of_type("AWS::IAM::Policy").values()
        if role in policy["Roles"]
    ]
    return [statement for document in documents for statement in as_list(document["Statement"])]


def trusts(here: Rendered, role: str, service: str) -> bool:
    document = here.resources[role]["Properties"]["AssumeRolePolicyDocument"]
    return any(
        statement["Effect"] == "Allow"
        and "sts:AssumeRole" in as_list(statement["Action"])
        and service in as_list(statement["Principal"].get("Service", []))
        for statement in as_list(document["Statement"])
    )


def applies(statement: Statement, action: str, resource: str, context: Context) -> bool:
    return (
        any(matches(pattern.lower(), action.lower()) for pattern in as_list(statement["Action"]))
        and any(matches(pattern, resource) for pattern in as_list(statement["Resource"]))
        and all(_holds(op, wanted, context) for op, wanted in statement.get("Condition", {}).items())
    )


def matches(pattern: str, text: str) -> bool:
    return _compiled(pattern).fullmatch(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."))


def _holds(operator: str, wanted: Mapping[str, Any], context: Context) -> bool:
    if operator == FOR_ALL:  # of a call that has none of them, it holds
        patterns = [str(one) for value in wanted.values() for one in as_list(value)]
        names = [re.sub(r"[:/]", "_", key) for key in wanted]
        given = [one for name in names for one in context.get(name, "").split()]
        return all(any(matches(pattern, one) for pattern in patterns) for one in given)
    assert operator in KNOWN_OPERATORS, operator
    return all(
        context.get(re.sub(r"[:/]", "_", key)) in [str(one) for one in as_list(value)]
        for key, value in wanted.items()
    )
