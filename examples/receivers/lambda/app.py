"""Doorbell's deliveries, received with AWS Lambda and Powertools, behind an HTTP API or a function URL."""

import base64
import json
import os

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.parameters import get_parameter
from standardwebhooks import Webhook, WebhookVerificationError

app, logger = APIGatewayHttpResolver(), Logger(service="receiver")
sqs = boto3.client("sqs")
taken = DynamoDBPersistenceLayer(table_name=os.environ["TAKEN_TABLE"])
once = IdempotencyConfig(expires_after_seconds=7 * 24 * 3600)  # Doorbell gives up after five days


@app.post("/hooks")
def hooks() -> Response:
    event = app.current_event
    # The trap: an HTTP API hands over in base64 what it does not take for text by its type, forms too; and
    # decoded_body is text, so bytes that are not UTF-8 raise. What was signed are the bytes.
    body = base64.b64decode(event.body or "") if event.is_base64_encoded else (event.body or "").encode()
    # Two secrets, between blanks, while one is rotated; read again every five seconds at most.
    secrets = get_parameter(os.environ["SECRETS_PARAMETER"], decrypt=True).split()
    if not any(verified(secret, body, event.headers) for secret in secrets):
        return Response(401)
    keep(webhook_id=event.headers["webhook-id"], event_type=event.headers["doorbell-event-type"], body=body)
    if event.headers["doorbell-event-type"] == "doorbell.test":  # who set it up sees it
        return Response(200, "application/json", json.dumps({"verified": event.headers["webhook-id"]}))
    return Response(204)


@app.post("/hooks/v1")
def retired() -> Response:
    """410 ends it: Doorbell disables the subscription and says so."""
    return Response(410)


# Taken once, whatever comes twice. A queue has the work: the answer does not wait. Its messages have room
# for 1 MiB; larger bodies go to S3 first.
@idempotent_function(data_keyword_argument="webhook_id", persistence_store=taken, config=once)
def keep(*, webhook_id: str, event_type: str, body: bytes) -> None:
    message = {"id": webhook_id, "type": event_type, "body": base64.b64encode(body).decode()}
    sqs.send_message(QueueUrl=os.environ["INBOX_QUEUE"], MessageBody=json.dumps(message))


def verified(secret: str, body: bytes, headers: dict[str, str]) -> bool:
    try:
        Webhook(secret).verify(body, headers, json_parse=False)  # not every body is JSON
    except (WebhookVerificationError, ValueError):  # ValueError: the library reads UTF-8 only
        return False
    return True


@logger.inject_lambda_context
def handler(event: dict, context: object) -> dict:
    once.register_lambda_context(context)
    return app.resolve(event, context)
