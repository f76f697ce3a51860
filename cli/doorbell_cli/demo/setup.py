"""What a team writes once: two secrets, a source, two subscriptions."""

import secrets
from base64 import b64encode
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from doorbell_cli.stack import LocalStack

SOURCE_ID = "github-demo"
GITHUB_SECRET = "doorbell-demo-secret"
"""The documented secret of the samples under `events/`; of no other use."""


def new_signing_secret() -> str:
    """A Standard Webhooks secret: `whsec_` and 24 random bytes, base64."""
    return f"whsec_{b64encode(secrets.token_bytes(24)).decode()}"


def put_secret(stack: LocalStack, name: str, value: str) -> str:
    """Store `value` where the functions may read it; the reference to it."""
    stack.client("ssm").put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)
    return f"ssm:{name}"


def put_source(stack: LocalStack) -> None:
    reference = put_secret(stack, "/doorbell/github-demo", GITHUB_SECRET)
    item = {"source_id": SOURCE_ID, "provider": "github", "secrets": [reference]}
    _put(stack, stack.outputs["SourcesTableName"], item)


def put_subscription(stack: LocalStack, subscription_id: str, url: str, secret: str) -> None:
    """Retries after one, two and four seconds, so that the demo is over in a minute."""
    reference = put_secret(stack, f"/doorbell/{subscription_id}", secret)
    item = {
        "tenant_id": "default",
        "subscription_id": subscription_id,
        "url": url,
        "event_types": ["push", "pull_request.*"],
        "secrets": [reference],
        "retry": {"schedule": [0, 1, 2, 4]},
    }
    _put(stack, stack.outputs["SubscriptionsTableName"], item)


def _put(stack: LocalStack, table: str, item: dict[str, Any]) -> None:
    serialize = TypeSerializer().serialize
    stack.client("dynamodb").put_item(
        TableName=table, Item={name: serialize(value) for name, value in item.items()}
    )
