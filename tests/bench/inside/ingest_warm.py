"""Ingest as it is deployed beside a handler that does nothing but send the same body."""

import os

import app
import boto3
from github import event, push
from measure import side_by_side, told


def main() -> None:
    ring = event(push())
    sqs, url = boto3.client("sqs"), os.environ["EVENTS_QUEUE_URL"]
    answer = app.handler(ring, None)
    assert answer["statusCode"] == 202 or answer["statusCode"] == 200, answer

    def bare() -> object:
        return sqs.send_message(QueueUrl=url, MessageBody=ring["body"])

    ours, theirs = side_by_side(lambda: app.handler(ring, None), bare, rounds=120)
    told({**ours.figures("ours"), **theirs.figures("bare")})


if __name__ == "__main__":
    main()
