"""What a cold start is measured against: boto3 imported, one SQS client made; if asked, one message sent."""

import os
import sys

import boto3

sqs = boto3.client("sqs")

if sys.argv[1:] == ["send"]:
    sqs.send_message(QueueUrl=os.environ["EVENTS_QUEUE_URL"], MessageBody="{}")
