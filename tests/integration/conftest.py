"""Tables, queues and bucket of template.yaml in an emulated AWS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.support.fakes_partiql import execute_each
from tests.support.template import create_queue, create_table

REGION = "eu-central-1"


@dataclass(frozen=True)
class Aws:
    """Clients, and the names of what was made. Tables and queues bear the template's logical names."""

    dynamodb: Any
    sqs: Any
    s3: Any

    def table(self, resource: str) -> str:
        return create_table(self.dynamodb, resource)

    def queue(self, resource: str) -> str:
        return create_queue(self.sqs, resource)

    def bucket(self) -> str:
        self.s3.create_bucket(Bucket="bodies", CreateBucketConfiguration={"LocationConstraint": REGION})
        return "bodies"


@pytest.fixture(scope="session")
def sdk() -> boto3.Session:
    """Reads the services' descriptions once: that is most of the time of making a client."""
    return boto3.Session(region_name=REGION)


@pytest.fixture
def aws(sdk: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    make: Any = sdk.client
    with mock_aws():
        dynamodb, sqs, s3 = map(make, ("dynamodb", "sqs", "s3"))
        yield Aws(Atomic(dynamodb), sqs, s3)


class Atomic:
    """One call at a time: DynamoDB promises that for an item, the emulation does not."""

    def __init__(self, client: Any) -> None:
        self._client, self._lock = client, Lock()

    def batch_execute_statement(self, *, Statements: list[dict[str, Any]]) -> dict[str, Any]:
        """As put_item and update_item: the emulation knows no parameters in an INSERT and no conditions."""
        return execute_each(self, ("event_id", "sk"), Statements)

    def execute_statement(self, *, Statement: str, Parameters: list[Any]) -> dict[str, Any]:
        """As queries: of a list of keys the emulation reads the first."""
        (table,) = re.findall(r'FROM "([\w.-]+)" WHERE "pk" IN', Statement)
        where = {"TableName": table, "KeyConditionExpression": "pk = :pk"}
        answers = [self.query(**where, ExpressionAttributeValues={":pk": one}) for one in Parameters]
        return {"Items": [item for answer in answers for item in answer["Items"]]}

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if not callable(found):
            return found

        def alone(**call: Any) -> Any:
            with self._lock:
                return found(**call)

        return alone


class Repeating:
    """A client whose every write takes effect, loses its answer and is repeated, as botocore does after a
    time-out. The caller sees the answer to the second."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)
        if name not in ("put_item", "update_item"):
            return method

        def twice(**call: Any) -> Any:
            with suppress(self._client.exceptions.ConditionalCheckFailedException):
                method(**call)
            return method(**call)

        return twice
