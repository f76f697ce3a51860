"""Each resource has what CloudFormation requires of its type: without it the deployment fails."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from tests.support.template import TEMPLATE
from tests.template.alternatives import everything
from tests.template.reading import resources
from tests.template.rendering import REGION

RESOURCES = everything()


def missing(schema: Mapping[str, Any], whole: Mapping[str, Any], value: Any, at: str) -> Iterator[str]:
    """Names that `value` lacks, in all its parts; `whole` is the schema that references lead into."""
    while "$ref" in schema:
        schema = whole["definitions"][schema["$ref"].rpartition("/")[2]]
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from missing(schema.get("items", {}), whole, one, f"{at}[{number}]")
    elif isinstance(value, Mapping):
        yield from (f"{at}.{name}" for name in schema.get("required", ()) if name not in value)
        for name, inner in value.items():
            yield from missing(schema.get("properties", {}).get(name, {}), whole, inner, f"{at}.{name}")


def test_what_is_looked_at_is_every_resource_whatever_condition_it_has() -> None:
    assert set(RESOURCES) == set(resources())


@pytest.mark.parametrize("name", RESOURCES)
def test_a_resource_has_all_that_is_required_of_it(name: str) -> None:
    resource = RESOURCES[name]
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, resource["Type"]).schema
    assert list(missing(schema, schema, resource.get("Properties", {}), name)) == []


def mappings(node: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    if isinstance(node, yaml.MappingNode):
        yield node
        for pair in node.value:
            yield from mappings(pair[1])
    elif isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from mappings(one)


def test_nothing_is_said_twice_in_one_place() -> None:
    """YAML keeps the last: where two statements run into one, the first is lost."""
    whole = yaml.compose(TEMPLATE.read_text())
    assert whole is not None
    for one in mappings(whole):
        names = [key.value for key, _ in one.value]
        assert len(set(names)) == len(names), f"line {one.start_mark.line + 1}: {names}"
