"""What everything is measured against: import boto3, make one SQS client, send one message after another."""

import os

from github import push
from stages import requests, stage, told

stage("start")

import boto3  # noqa: E402

sqs = boto3.client("sqs")
stage("imported")
url, body = os.environ["EVENTS_QUEUE_URL"], push()
requests(lambda: sqs.send_message(QueueUrl=url, MessageBody=body))
told()
