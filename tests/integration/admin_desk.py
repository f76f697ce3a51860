"""The admin function as it is composed, on emulated tables, called with API Gateway's events."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest

from doorbell.domain.deliveries import Delivery
from doorbell.runtime import administering, configuring, egress, outbound, wiring
from doorbell.runtime.admin.api import AdminApi
from doorbell.store.deliveries.delivery_items import delivery_values
from doorbell.store.dynamodb.tables import marshal
from tests.integration.conftest import REGION, Aws

TABLES = ("Sources", "Subscriptions", "Endpoints", "Events", "EventTypes", "Refused", "Rollups")
OPERATOR = "arn:aws:iam::123456789012:user/operator"
CACHED = (
    wiring.settings,
    wiring.client,
    wiring.logger,
    wiring.metrics,
    egress.policy,
    outbound.subscriptions,
    outbound.deliveries,
    outbound.events,
    outbound.bodies,
    outbound.deliveries_queue,
    configuring.checks,
    configuring.endpoints,
)


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Desk:
    """`aws` holds the clients to the same tables; tables bear the template's logical names."""

    api: AdminApi
    aws: Aws

    def call(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **query: Any
    ) -> Reply:
        given = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        return self.send(api_event(method, path, given, {k: str(v) for k, v in query.items()}))

    def send(self, event: dict[str, Any]) -> Reply:
        answer = self.api(event, None)
        return Reply(answer["statusCode"], answer["headers"], answer.get("body") or "")

    def put_raw(self, table: str, item: dict[str, Any]) -> None:
        self.aws.dynamodb.put_item(TableName=f"{table}Table", Item=item)

    def put_ended(self, delivery: Delivery) -> None:
        """A delivery on record as it stands after its last step."""
        ending = {"ended_at": delivery.ended_at, "reason": delivery.reason}
        self.put_raw("Events", marshal({**delivery_values(delivery, shards=32), **ending}))


def api_event(
    method: str,
    path: str,
    body: bytes = b"",
    query: dict[str, str] | None = None,
    content_type: str = "application/json",
) -> dict[str, Any]:
    """API Gateway's payload 2.0 of a request with an IAM identity."""
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "ANY /admin/{proxy+}",
        "rawPath": path,
        "rawQueryString": urlencode(query or {}),
        "headers": {"content-type": content_type, "host": "api.example"},
        "requestContext": {
            "http": {"method": method, "path": path, "sourceIp": "192.0.2.7"},
            "stage": "$default",
            "requestId": "r",
            "authorizer": {"iam": {"userArn": OPERATOR}},
        },
        "isBase64Encoded": True,
        "body": b64encode(body).decode(),
    }
    if query:
        event["queryStringParameters"] = query
    return event


def open_desk(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Makes the tables and the queue, and composes admin anew over them."""
    for name in TABLES:
        aws.table(f"{name}Table")
        monkeypatch.setenv(f"{_upper(name)}_TABLE", f"{name}Table")
    monkeypatch.setenv("DELIVERIES_QUEUE_URL", aws.queue("DeliveriesQueue"))
    monkeypatch.setenv("EVENTS_QUEUE_URL", aws.queue("EventsQueue"))
    monkeypatch.setenv("BODIES_BUCKET", aws.bucket())
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    for cached in CACHED:
        cached.cache_clear()
    return Desk(administering.admin(), aws)


def close_desk() -> None:
    """No client of this emulated AWS must live on."""
    for cached in CACHED:
        cached.cache_clear()


def _upper(name: str) -> str:
    return "EVENT_TYPES" if name == "EventTypes" else name.upper()
