"""What can be wrong with a stack beside its items: dead letters, alarms, parameters for local use."""

from collections.abc import Iterator
from itertools import batched

from doorbell.aws_errors import translated
from doorbell.egress.guard import EgressPolicy
from doorbell_cli.commands.operations.findings import Finding
from doorbell_cli.target import Target

BACKLOG_WORTH_A_WORD = 10_000
ALARMS_PER_CALL = 100
KEPT_DAYS = 14
"""From when a message was sent to the queue it failed in, not from when it was moved to this one.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html"""


def queue(target: Target, output: str) -> Iterator[Finding]:
    """A dead-letter queue should be empty; another one should not be long."""
    name = output.removesuffix("QueueUrl")
    with translated("sqs", "GetQueueAttributes"):
        answer = target.client("sqs").get_queue_attributes(
            QueueUrl=target.outputs[output], AttributeNames=["ApproximateNumberOfMessages"]
        )
    waiting = int(answer["Attributes"]["ApproximateNumberOfMessages"])
    if output.endswith("DeadLetterQueueUrl"):
        if waiting:
            gone = f"each is gone {KEPT_DAYS} days after it came"
            problem = f"{waiting} message(s) that Doorbell could not process; {gone}"
            yield Finding(f"queue {name}", problem, "doorbell dlq list")
    elif waiting >= BACKLOG_WORTH_A_WORD:
        yield Finding(
            f"queue {name}",
            f"{waiting:,} messages are waiting",
            "Look at the errors and limits of its function.",
        )


def alarms(target: Target) -> Iterator[Finding]:
    """Those that this stack made, by CloudFormation's list: their names are no proof."""
    cloudformation, cloudwatch = target.client("cloudformation"), target.client("cloudwatch")
    with translated("cloudformation", "ListStackResources"):
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=target.name)
        rows = [row for page in pages for row in page["StackResourceSummaries"]]
    names = [row["PhysicalResourceId"] for row in rows if row["ResourceType"] == "AWS::CloudWatch::Alarm"]
    for some in batched(names, ALARMS_PER_CALL, strict=False):
        with translated("cloudwatch", "DescribeAlarms"):
            answer = cloudwatch.describe_alarms(AlarmNames=list(some), MaxRecords=ALARMS_PER_CALL)
        for alarm in answer.get("MetricAlarms", []):
            if alarm["StateValue"] == "ALARM":
                advice = alarm.get("AlarmDescription") or "Look at its metric."
                yield Finding(
                    f"alarm {alarm['AlarmName']}", alarm.get("StateReason") or "It is in alarm.", advice
                )


def parameters(target: Target, egress: EgressPolicy) -> Iterator[Finding]:
    """What is meant for the local stack only."""
    if target.local:
        return
    if egress.allow_http:
        yield Finding(
            "parameter AllowHttp", "Subscribers can be called without TLS.", "Deploy with AllowHttp=false."
        )
    if egress.allowed_cidrs:
        yield Finding(
            "parameter EgressAllowedCidrs", "Subscribers can have private addresses.", "Deploy without it."
        )
