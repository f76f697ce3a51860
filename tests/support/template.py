"""template.yaml as data, and the AWS resources the core stands on, made from it in an emulated AWS."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

TEMPLATE = Path(__file__).parents[2] / "template.yaml"


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags: `!Ref x` is {"Ref": "x"}, `!Sub x` is {"Fn::Sub": "x"}."""


def _tag(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _tag)


@cache
def template() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.load(TEMPLATE.read_text(), _Loader)
    return parsed


def properties(name: str, kind: str) -> dict[str, Any]:
    """The properties of resource `name`, which must be of `kind`."""
    resource = template()["Resources"][name]
    assert resource["Type"] == kind, f"{name} is a {resource['Type']}"
    found: dict[str, Any] = resource["Properties"]
    return found


def create_table(dynamodb: Any, resource: str) -> str:
    """Make the table `resource` with its keys and indexes as the template has them; its name."""
    wanted = properties(resource, "AWS::DynamoDB::Table")
    call: dict[str, Any] = {
        name: wanted[name] for name in ("AttributeDefinitions", "KeySchema", "BillingMode")
    }
    if "GlobalSecondaryIndexes" in wanted:
        indexes: list[dict[str, Any]] = wanted["GlobalSecondaryIndexes"]
        call["GlobalSecondaryIndexes"] = [
            {name: index[name] for name in ("IndexName", "KeySchema", "Projection")} for index in indexes
        ]
    dynamodb.create_table(TableName=resource, **call)
    return resource


def create_queue(sqs: Any, resource: str) -> str:
    """Make the queue `resource`; its URL. Redrive is left out: the tests look at one queue at a time."""
    wanted = properties(resource, "AWS::SQS::Queue")
    plain: Mapping[str, Any] = {
        name: str(value) for name, value in wanted.items() if isinstance(value, int) and name != "FifoQueue"
    }
    supported = (
        "VisibilityTimeout",
        "MessageRetentionPeriod",
        "DelaySeconds",
        "ReceiveMessageWaitTimeSeconds",
    )
    attributes = {name: value for name, value in plain.items() if name in supported}
    url: str = sqs.create_queue(QueueName=resource, Attributes=attributes)["QueueUrl"]
    return url
