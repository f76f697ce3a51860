"""The operator's commands over moto."""

from collections.abc import Iterator

import boto3
import moto
import pytest

from doorbell_cli.target import Target
from tests.integration.ops.deployed import Doorbell
from tests.support.template import create_table


@pytest.fixture
def doorbell(monkeypatch: pytest.MonkeyPatch) -> Iterator[Doorbell]:
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
        )
        outputs = {f"{name}Name": create_table(boto3.client("dynamodb"), name) for name in tables}
        sqs = boto3.client("sqs")
        for queue in (
            "Events",
            "Deliveries",
            "EventsDeadLetter",
            "DeliveriesDeadLetter",
            "SchedulerDeadLetter",
        ):
            outputs[f"{queue}QueueUrl"] = sqs.create_queue(QueueName=queue)["QueueUrl"]
        boto3.client("s3").create_bucket(Bucket="bodies")
        outputs["BodiesBucketName"] = "bodies"
        target = Target("doorbell", False, outputs, {"GraceSeconds": "900"}, "", boto3.Session())
        monkeypatch.setattr("doorbell_cli.target.find_target", lambda stack: target)
        made = Doorbell(target)
        made.subscribe("billing")
        made.put("SourcesTable", {"source_id": "github", "provider": "github", "tenant_id": "acme"})
        yield made
