"""Each function's own role is enforced: what it needs it may, what it has no business with it may not."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.support.gateway import Gateway

pytestmark = pytest.mark.e2e

PROBE = """
import boto3
from botocore.exceptions import ClientError

def handler(event, context):
    client = boto3.client(event["service"], endpoint_url=event["endpoint_url"])
    try:
        getattr(client, event["operation"])(**event["arguments"])
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "allowed"
"""

PURGES = ("jobs", "s3", "delete_object")
"""On this stack tenants are purged by jobs."""
READS_BODIES = ("fanout", "dispatcher", "admin", "jobs")

type Call = tuple[str, str, dict[str, Any]]


class Probe:
    """Makes AWS calls from inside a function that has the role of one of Doorbell's."""

    def __init__(self, gateway: Gateway, name: str) -> None:
        self._gateway = gateway
        self._functions = gateway.stack.client("lambda")
        name_there = gateway.stack.function_name(name)
        role = self._functions.get_function_configuration(FunctionName=name_there)["Role"]
        self._name = f"probe-{uuid4().hex[:8]}"
        self._functions.create_function(
            FunctionName=self._name,
            Runtime="python3.13",
            Handler="probe.handler",
            Role=role,
            Timeout=60,
            Code={"ZipFile": zipped("probe.py", PROBE)},
        )

    def __call__(self, service: str, operation: str, **arguments: Any) -> str:
        call = {"service": service, "operation": operation, "arguments": arguments}
        payload = json.dumps({**call, "endpoint_url": self._gateway.stack.endpoint_url})
        answer = self._functions.invoke(FunctionName=self._name, Payload=payload)
        said = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, said
        return str(said)

    def close(self) -> None:
        self._functions.delete_function(FunctionName=self._name)


def zipped(name: str, text: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(name, text)
    return archive.getvalue()


@pytest.fixture(
    params=["ingest", "publish", "fanout", "dispatcher", "sweeper", "indexer", "admin", "backfill", "jobs"]
)
def function(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def probe(gateway: Gateway, function: str) -> Iterator[Probe]:
    made = Probe(gateway, function)
    yield made
    made.close()


def test_role_allows_what_the_function_does_and_denies_what_it_must_not_do(
    gateway: Gateway, function: str, probe: Probe
) -> None:
    service, operation, arguments = its_own_work(gateway)[function]
    assert probe(service, operation, **arguments) == "allowed"
    denied = {
        f"{service}.{operation}": probe(service, operation, **arguments)
        for service, operation, arguments in nobodys_business(gateway)
        if (function, service, operation) != PURGES
    }
    assert all(code.startswith("AccessDenied") for code in denied.values()), denied
    bodies = gateway.stack.outputs["BodiesBucketName"]
    listed = probe("s3", "list_objects_v2", Bucket=bodies)
    assert (listed == "allowed") == (function in READS_BODIES), "S3 tells who may list that a body is gone"


def its_own_work(gateway: Gateway) -> dict[str, Call]:
    """One call of each function that its role must allow; proves that the probe has the role at all."""
    out = gateway.stack.outputs
    get: dict[str, Any] = {"Key": {"event_id": {"S": "none"}, "sk": {"S": "event"}}}
    events = {"TableName": out["EventsTableName"], **get}
    due = {
        "TableName": out["EventsTableName"],
        "KeyConditionExpression": "due_shard = :shard",
        "ExpressionAttributeValues": {":shard": {"S": "none"}},
    }
    story = {
        "TableName": out["EventsTableName"],
        "KeyConditionExpression": "event_id = :id",
        "ExpressionAttributeValues": {":id": {"S": "none"}},
    }
    sources = {"TableName": out["SourcesTableName"], "Key": {"source_id": {"S": "none"}}}
    body = {"Bucket": out["BodiesBucketName"], "Key": "probe/probe", "Body": "x"}
    return {
        "ingest": ("dynamodb", "get_item", sources),
        "publish": ("s3", "put_object", body),
        "fanout": ("dynamodb", "get_item", events),
        "dispatcher": ("dynamodb", "get_item", events),
        "sweeper": ("dynamodb", "query", {**due, "IndexName": "due"}),
        "indexer": ("dynamodb", "scan", {"TableName": out["SubscriptionsTableName"]}),
        "admin": ("dynamodb", "query", story),
        "backfill": ("dynamodb", "query", story),
        "jobs": ("dynamodb", "query", {**due, "IndexName": "due"}),
    }


def nobodys_business(gateway: Gateway) -> list[Call]:
    out = gateway.stack.outputs
    return [
        ("dynamodb", "scan", {"TableName": out["EventsTableName"]}),
        ("dynamodb", "delete_table", {"TableName": out["EventsTableName"]}),
        ("sqs", "purge_queue", {"QueueUrl": out["EventsQueueUrl"]}),
        ("s3", "delete_object", {"Bucket": out["BodiesBucketName"], "Key": "default/x"}),
        ("ssm", "get_parameters_by_path", {"Path": "/doorbell"}),
        ("ssm", "get_parameter", {"Name": "/somebody-else/secret"}),
        ("iam", "list_roles", {}),
    ]


def test_ingest_can_neither_read_events_nor_put_deliveries_nor_change_who_may_ring(gateway: Gateway) -> None:
    out = gateway.stack.outputs
    probe = Probe(gateway, "ingest")
    key = {"event_id": {"S": "none"}, "sk": {"S": "event"}}
    codes = [
        probe("dynamodb", "get_item", TableName=out["EventsTableName"], Key=key),
        probe("dynamodb", "put_item", TableName=out["SourcesTableName"], Item={"source_id": {"S": "mine"}}),
        probe("sqs", "send_message", QueueUrl=out["DeliveriesQueueUrl"], MessageBody="{}"),
        probe("s3", "get_object", Bucket=out["BodiesBucketName"], Key="none"),
    ]
    probe.close()
    assert all(code.startswith("AccessDenied") for code in codes), codes
