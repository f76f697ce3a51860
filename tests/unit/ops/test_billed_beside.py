"""Cost Explorer's services beside those of the estimate."""

from __future__ import annotations

import pytest

from doorbell_cli.ops.bill import bill
from doorbell_cli.ops.billed_beside import ours
from doorbell_cli.ops.counted import Load
from doorbell_cli.ops.targets_priced import HTTPS, TARGETS

NAMES = {
    "Amazon API Gateway": "API Gateway",
    "AWS Lambda": "Lambda",
    "Amazon Simple Queue Service": "SQS",
    "Amazon DynamoDB": "DynamoDB",
    "Amazon Simple Storage Service": "S3",
    "AmazonCloudWatch": "CloudWatch",
    "CloudWatch Events": "EventBridge",
    "AWS Key Management Service": "KMS",
    "AWS Secrets Manager": "Secrets Manager",
    "AWS Data Transfer": "Data transfer",
    "Amazon Simple Notification Service": "SNS",
    "AWS Step Functions": "Step Functions",
    "Amazon Kinesis": "Kinesis",
    "Amazon Kinesis Firehose": "Firehose",
}


@pytest.mark.parametrize(("name", "own"), [*NAMES.items(), ("Amazon Chime", None)])
def test_cost_explorers_names_are_those_of_the_bill(name: str, own: str | None) -> None:
    assert ours(name) == own


@pytest.mark.parametrize("kind", [HTTPS, *TARGETS])
@pytest.mark.parametrize("kept_in", ["ssm", "secretsmanager", "kms"])
def test_whatever_the_estimate_has_is_in_one_row_with_what_was_billed_for_it(kind: str, kept_in: str) -> None:
    load = Load(events=1e6, fanout=1, body_bytes=2048, retries=0.0, target=kind, kept_in=kept_in)
    assert {line.service for line in bill(load)} <= set(NAMES.values())
