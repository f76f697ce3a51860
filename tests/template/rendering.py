"""template.yaml as CloudFormation would render it for some values of its parameters.

A resource's name is its logical id, so a `!Ref` to it is that id (a queue's is its URL, as on AWS), and its
ARN is one of account 123456789012. What the template asks of a resource and is not told here is a `KeyError`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from tests.template.reading import resources, written

ACCOUNT, REGION, STACK = "123456789012", "eu-central-1", "a-stack"
PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::StackName": STACK,
    "AWS::Partition": "aws",
}
NO_VALUE = object()
ALL_PARTS = {"Inbox": "true"}
_SUBSTITUTED = re.compile(r"\$\{(!?)([A-Za-z0-9:.]+)\}")
_HERE = f"{REGION}:{ACCOUNT}"
_ARNS = {
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{_HERE}:table/{{}}",
    "AWS::SQS::Queue": f"arn:aws:sqs:{_HERE}:{{}}",
    "AWS::S3::Bucket": "arn:aws:s3:::{}",
    "AWS::Lambda::Function": f"arn:aws:lambda:{_HERE}:function:{{}}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{_HERE}:log-group:{{}}:*",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/{{}}",
    "AWS::SNS::Topic": f"arn:aws:sns:{_HERE}:{{}}",
}


def queue_url(name: str) -> str:
    return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"


def defaults() -> dict[str, Any]:
    return {name: parameter["Default"] for name, parameter in written()["Parameters"].items()}


@dataclass(frozen=True)
class Rendered:
    """`parameters`: all of them, by name."""

    parameters: Mapping[str, Any]

    @cached_property
    def resources(self) -> dict[str, dict[str, Any]]:
        """Those whose condition holds, without what is `AWS::NoValue`."""
        return {
            name: self.value(body)
            for name, body in resources().items()
            if "Condition" not in body or self.holds(body["Condition"])
        }

    @cached_property
    def outputs(self) -> dict[str, Any]:
        there = {
            name: output
            for name, output in written()["Outputs"].items()
            if "Condition" not in output or self.holds(output["Condition"])
        }
        return {name: self.value(output["Value"]) for name, output in there.items()}

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        return {name: body["Properties"] for name, body in self.resources.items() if body["Type"] == kind}

    def holds(self, condition: str) -> bool:
        return bool(self.value(written()["Conditions"][condition]))

    def value(self, node: Any) -> Any:
        match node:
            case {"Ref": name}:
                return self._reference(name)
            case {"Fn::GetAtt": [name, *attribute]}:
                return _attribute(name, ".".join(attribute))
            case {"Fn::GetAtt": str(dotted)}:
                return _attribute(*dotted.split(".", 1))
            case {"Fn::Sub": str(text)}:
                return _SUBSTITUTED.sub(self._substituted, text)
            case {"Fn::If": [condition, then, otherwise]}:
                return self.value(then if self.holds(condition) else otherwise)
            case {"Fn::Equals": [one, other]}:
                return _text(self.value(one)) == _text(self.value(other))
            case {"Fn::Not": [one]}:
                return not self.value(one)
            case {"Fn::And": every}:
                return all(self.value(one) for one in every)
            case {"Fn::Or": every}:
                return any(self.value(one) for one in every)
            case {"Condition": str(name)} if len(node) == 1:
                return self.holds(name)
            case {"Fn::Split": [by, text]}:
                return self.value(text).split(by)
            case {"Fn::Join": [by, parts]}:
                return by.join(map(_text, self.value(parts)))
            case {"Fn::FindInMap": [mapping, top, second]}:
                return written()["Mappings"][mapping][_text(self.value(top))][second]
            case dict():
                assert not [key for key in node if key.startswith("Fn::")], node
                there = {key: self.value(one) for key, one in node.items()}
                return {key: one for key, one in there.items() if one is not NO_VALUE}
            case list():
                return [one for one in map(self.value, node) if one is not NO_VALUE]
        return node

    def _reference(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self.parameters:
            return self.parameters[name]
        return PSEUDO[name] if name in PSEUDO else _identity(name)

    def _substituted(self, found: re.Match[str]) -> str:
        literal, name = found.groups()
        if literal:
            return "${" + name + "}"
        return str(_attribute(*name.split(".", 1)) if "." in name else self._reference(name))


@cache
def rendered(**parameters: Any) -> Rendered:
    """With the defaults of all that is not given, and all parts there can be. `TypeError` for a parameter
    that the template has not."""
    if unknown := parameters.keys() - defaults().keys():
        raise TypeError(f"the template has no parameter {unknown}")
    return Rendered({**defaults(), **ALL_PARTS, **parameters})


def _identity(name: str) -> str:
    return queue_url(name) if resources()[name]["Type"] == "AWS::SQS::Queue" else name


def _attribute(name: str, attribute: str) -> str:
    kind = resources()[name]["Type"]
    if attribute == "Arn":
        return _ARNS[kind].format(name)
    if attribute == "StreamArn":
        return f"{_ARNS[kind].format(name)}/stream/2026-11-29T00:00:00.000"
    return {("AWS::SQS::Queue", "QueueName"): name, ("AWS::ApiGatewayV2::Api", "ApiEndpoint"): "https://api"}[
        kind, attribute
    ]


def _text(value: Any) -> str:
    """CloudFormation's parameters are texts: 0 is "0"."""
    return str(value)
