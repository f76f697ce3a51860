"""Reads template.yaml: as written, and as SAM's own translator turns it into CloudFormation."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[2]
FUNCTIONS = (
    "ingest", "publish", "inbox", "fanout", "dispatcher", "sweeper", "indexer", "admin", "backfill", "jobs",
)  # fmt: skip

type Properties = dict[str, Any]


class _NoManagedPolicies:
    """The translator asks for AWS's managed policies; the template must not use any."""

    def load(self) -> dict[str, str]:
        return {}


@cache
def written() -> dict[str, Any]:
    """The template as written; `!Ref x` is {"Ref": "x"}, `!GetAtt a.b` is {"Fn::GetAtt": ["a", "b"]}."""
    parsed: dict[str, Any] = json.loads(json.dumps(yaml_parse((ROOT / "template.yaml").read_text())))
    return parsed


@cache
def resources() -> dict[str, dict[str, Any]]:
    """The resources of the processed template: only CloudFormation's own types are left."""
    uploaded = json.loads(json.dumps(written()))
    for resource in uploaded[
        "Resources"
    ].values():  # what `sam package` does: code is named by its place in S3
        for key in {"CodeUri", "ContentUri"} & set(resource["Properties"]):
            resource["Properties"][key] = "s3://bucket/key"
    with patch.dict(os.environ, {"AWS_DEFAULT_REGION": "us-east-1"}):
        found: dict[str, dict[str, Any]] = transform(uploaded, {}, _NoManagedPolicies())["Resources"]
    return found


def of_type(kind: str) -> dict[str, Properties]:
    """Name → properties of all resources of a CloudFormation type."""
    return {name: body["Properties"] for name, body in resources().items() if body["Type"] == kind}


def function(name: str) -> Properties:
    found: Properties = resources()[f"{name.capitalize()}Function"]["Properties"]
    return found


def environment(name: str) -> dict[str, Any]:
    found: dict[str, Any] = function(name)["Environment"]["Variables"]
    return found


def statements(role: str) -> list[dict[str, Any]]:
    """Every statement of a role's inline policies, its Action as a list."""
    policies = resources()[role]["Properties"]["Policies"]
    every = [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]
    return [{**statement, "Action": as_list(statement["Action"])} for statement in every]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def either(value: Any) -> Any:
    """What it is where a part that need not be there is."""
    return value["Fn::If"][1] if isinstance(value, dict) and "Fn::If" in value else value


def target(reference: Any) -> str:
    """The logical id that a `!Ref` or `!GetAtt` points at."""
    found: str = reference["Ref"] if "Ref" in reference else reference["Fn::GetAtt"][0]
    return found
