"""The operator's commands over moto."""

from collections.abc import Iterator

import boto3
import moto
import pytest

from doorbell_cli.target import Target
from tests.integration.ops.deployed import Doorbell
from tests.support.template import create_table


@pytest.fixture(scope="session")
def operators() -> boto3.Session:
    """Reads the services' descriptions once: that is most of the time of making a client."""
    return boto3.Session(region_name="us-east-1")


@pytest.fixture
def few_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log of two days: walking a year of it takes the emulation seconds. One test walks it whole."""
    monkeypatch.setattr("doorbell.runtime.purging.KEPT_DAYS", 2)


@pytest.fixture
def doorbell(operators: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Doorbell]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with moto.mock_aws():
        tables = (
            "SourcesTable",
            "SubscriptionsTable",
            "EndpointsTable",
            "EventTypesTable",
            "EventsTable",
            "RefusedTable",
            "RollupsTable",
            "RoutesTable",
        )
        dynamodb, sqs, s3 = operators.client("dynamodb"), operators.client("sqs"), operators.client("s3")
        outputs = {f"{name}Name": create_table(dynamodb, name) for name in tables}
        for queue in (
            "Events",
            "Deliveries",
            "EventsDeadLetter",
            "DeliveriesDeadLetter",
            "SchedulerDeadLetter",
        ):
            outputs[f"{queue}QueueUrl"] = sqs.create_queue(QueueName=queue)["QueueUrl"]
        s3.create_bucket(Bucket="bodies")
        outputs["BodiesBucketName"], outputs["JobsFunctionName"] = "bodies", "doorbell-jobs"
        target = Target("doorbell", False, outputs, {"GraceSeconds": "900"}, "", operators)
        monkeypatch.setattr("doorbell_cli.target.find_target", lambda stack: target)
        made = Doorbell(target)
        made.subscribe("billing")
        made.put("SourcesTable", {"source_id": "github", "provider": "github", "tenant_id": "acme"})
        yield made
