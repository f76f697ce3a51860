"""The commands of `doorbell`, called as the shell calls them, against an emulated AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
import typer
from moto import mock_aws
from typer.testing import CliRunner, Result

from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell_cli import target as target_module
from doorbell_cli.main import app
from doorbell_cli.target import Target
from tests.support.template import create_queue, create_table

REGION = "eu-central-1"
TABLES = ("Sources", "Subscriptions", "Endpoints", "EventTypes", "Events", "Refused", "Rollups")


@dataclass(frozen=True)
class Shell:
    target: Target
    app: typer.Typer

    def run(self, *arguments: str, stdin: str = "", code: int = 0) -> Result:
        """The result, whose exit code must be `code`."""
        result = CliRunner().invoke(self.app, list(arguments), input=stdin)
        assert result.exit_code == code, f"{result.exit_code}: {result.output}{result.exception!r}"
        assert isinstance(result.exception, SystemExit | None), repr(result.exception)
        return result

    def json(self, *arguments: str, stdin: str = "", code: int = 0) -> Any:
        return json.loads(self.run(*arguments, "--json", stdin=stdin, code=code).stdout)

    def put(self, table: str, **values: Any) -> None:
        """As somebody writes an item by hand."""
        self.target.client("dynamodb").put_item(TableName=self.target.table(table), Item=marshal(values))

    def item(self, table: str, **key: str) -> dict[str, Any]:
        """The item, {} when there is none."""
        answer = self.target.client("dynamodb").get_item(TableName=self.target.table(table), Key=marshal(key))
        return unmarshal(answer.get("Item", {}))

    def parameter(self, reference: str) -> str:
        name = reference.removeprefix("ssm:")
        value: str = self.target.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"][
            "Value"
        ]
        return value


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "DOORBELL_STACK", "DOORBELL_SECRET"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        session = boto3.Session(region_name=REGION)
        dynamodb, sqs = session.client("dynamodb"), session.client("sqs")
        outputs = {f"{name}TableName": create_table(dynamodb, f"{name}Table") for name in TABLES}
        for name in ("EventsDeadLetter", "DeliveriesDeadLetter", "Deliveries"):
            outputs[f"{name}QueueUrl"] = create_queue(sqs, f"{name}Queue")
        parameters = {"AllowHttp": "true", "EgressAllowedCidrs": "127.0.0.0/8", "EgressAllowedPorts": "any"}
        found = Target("gateway", True, outputs, parameters, "http://127.0.0.1:1", session)
        found._clients["cloudformation"] = Resources("depth")
        monkeypatch.setattr(target_module, "find_target", lambda stack: found)
        yield Shell(found, app)


class Resources:
    """CloudFormation, as far as it lists a stack's resources (moto's needs packages that are not here)."""

    def __init__(self, *alarms: str) -> None:
        self.alarms = alarms

    def get_paginator(self, operation: str) -> Resources:
        assert operation == "list_stack_resources"
        return self

    def paginate(self, StackName: str) -> list[dict[str, Any]]:
        assert StackName == "gateway"
        rows = [
            {"ResourceType": "AWS::CloudWatch::Alarm", "PhysicalResourceId": name} for name in self.alarms
        ]
        return [
            {
                "StackResourceSummaries": [
                    {"ResourceType": "AWS::SQS::Queue", "PhysicalResourceId": "q"},
                    *rows,
                ]
            }
        ]
