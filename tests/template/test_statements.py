"""Every statement of every policy is one that IAM takes, and speaks of what its actions can be done to."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.template.alternatives import TEXTS, everything
from tests.template.reading import as_list, resources, written

OF_ANYTHING = {"xray", "cloudwatch"}
"""Their actions know no resources but `*`."""
LOCAL_ONLY = {name for name, body in resources().items() if body.get("Condition") == "HasEndpointUrl"}
ROLES_ARE_OF = {"sts": "iam"}


def documents(node: Any, at: str) -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        if "Statement" in node:
            yield at, node
        for name, inner in node.items():
            yield from documents(inner, f"{at}.{name}")
    elif isinstance(node, list):
        for number, inner in enumerate(node):
            yield from documents(inner, f"{at}[{number}]")


DOCUMENTS = dict(documents({name: one["Properties"] for name, one in everything().items()}, ""))


@pytest.mark.parametrize("at", DOCUMENTS)
def test_a_statement_has_all_that_iam_asks_for(at: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html"""
    assert DOCUMENTS[at]["Version"] == "2012-10-17"
    statements = as_list(DOCUMENTS[at]["Statement"])
    assert statements
    for statement in statements:
        assert statement["Effect"] in ("Allow", "Deny")
        assert as_list(statement["Action"])
        assert "Principal" in statement or as_list(statement["Resource"])
    names = [one["Sid"] for one in statements if "Sid" in one]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("at", [at for at in DOCUMENTS if at.split(".")[1] not in LOCAL_ONLY])
def test_an_action_of_a_service_is_allowed_on_what_that_service_has(at: str) -> None:
    for statement in as_list(DOCUMENTS[at]["Statement"]):
        services = {action.partition(":")[0] for action in as_list(statement["Action"])}
        for resource in as_list(statement.get("Resource", [])):
            if resource == TEXTS["TargetArns"]:  # the parameter names targets of all services alike
                assert resource.split(":")[2] in services, statement
            elif resource != "*":
                services_of_resources = {ROLES_ARE_OF.get(name, name) for name in services}
                assert services_of_resources == {resource.split(":")[2]}, statement
            else:
                assert services <= OF_ANYTHING or statement["Effect"] == "Deny", statement


def test_every_parameter_has_a_type_that_its_default_is_of() -> None:
    for name, parameter in written()["Parameters"].items():
        assert parameter["Type"] in ("String", "Number", "CommaDelimitedList"), name
        assert parameter["Type"] != "Number" or float(parameter["Default"]) >= 0, name


def test_a_parameter_that_is_switched_on_or_off_takes_nothing_else() -> None:
    for name, parameter in written()["Parameters"].items():
        if str(parameter.get("Default")).lower() in ("true", "false"):
            assert parameter.get("AllowedValues") == ["true", "false"], name
