"""What ingest is held against: the handler that AWS's documentation shows. boto3, Powertools' Logger with one
line, its Metrics with one metric, one message sent on; each as its page has it, with nothing set.

https://docs.powertools.aws.dev/lambda/python/latest/core/logger/
https://docs.powertools.aws.dev/lambda/python/latest/core/metrics/
https://boto3.amazonaws.com/v1/documentation/api/latest/reference/services/sqs/client/send_message.html
"""

import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger(service="documented")
metrics = Metrics(namespace="Documented", service="documented")
sqs = boto3.client("sqs")


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    sqs.send_message(QueueUrl=os.environ["EVENTS_QUEUE_URL"], MessageBody=event["body"])
    metrics.add_metric(name="Accepted", unit=MetricUnit.Count, value=1)
    logger.info("accepted")
    return {"statusCode": 202}
