"""What row 1 measures ingest against: the body goes to a queue, nothing else is done."""

import os
from typing import Any

import boto3

sqs = boto3.client("sqs")


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    print("sent")  # a function that writes nothing waits 50 ms in MiniStack, which looks for its log
    sqs.send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=event["body"])
    return {"statusCode": 202}
