"""A deployed Doorbell over moto: its tables, queues and bucket, and its operator."""

import json
import time
from dataclasses import dataclass, replace
from typing import Any

from typer.testing import CliRunner, Result

from doorbell.domain.deliveries import Attempt, Delivery, DeliveryKey, Lease, State
from doorbell.domain.events import BodyAt
from doorbell.domain.matching import Match, Reason
from doorbell.domain.records import Incoming, RoutingPage, StoredEvent
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.events.events import EventTable
from doorbell_cli.main import app
from doorbell_cli.target import Target

SHARDS = 32
DAY = 86_400


@dataclass
class Doorbell:
    """A deployed Doorbell's tables, queues and bucket, and its operator."""

    target: Target

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments))

    def json(self, *arguments: str) -> Any:
        result = self.run(*arguments, "--json")
        return json.loads(result.stdout)

    def subscribe(self, subscription_id: str, tenant: str = "acme", **fields: Any) -> None:
        item = {"tenant_id": tenant, "subscription_id": subscription_id, "url": "https://example.com/hook"}
        self.put("SubscriptionsTable", {**item, "signing": "none", **fields})

    def put(self, table: str, item: dict[str, Any]) -> None:
        self.target.client("dynamodb").put_item(TableName=table, Item=marshal(item))

    def event(
        self,
        number: int,
        to: str = "billing",
        state: str = "delivered",
        tenant: str = "acme",
        age: float = 60,
        routing: RoutingPage | None = None,
        **changes: Any,
    ) -> str:
        """An event, `age` seconds old, with one delivery in `state`; its id. `changes`: of what came in."""
        event_id, now = f"evt_{tenant}_{number}", time.time() - age
        incoming = Incoming(
            f"ing_{number}",
            event_id,
            tenant,
            "github",
            "github",
            "push",
            3600,
            now,
            "application/json",
            {},
            BodyAt(2, b"{}"),
        )
        incoming = replace(incoming, **changes)
        routing = routing or RoutingPage((Match(to, Reason.MATCHED),))
        event = StoredEvent(event_id, incoming, 0, now, now + 3600, int(now) + 30 * DAY, routing)
        assert EventTable(self.target.client("dynamodb"), "EventsTable").put_new(event) is None
        self.deliver(
            Delivery(
                DeliveryKey(event_id, to),
                tenant,
                State.PENDING,
                now,
                now,
                now + 900,
                int(now) + DAY,
                event_type=incoming.event_type,
            ),
            state,
        )
        return event_id

    def deliver(self, delivery: Delivery, state: str, reason: str = "schedule") -> None:
        """Put it and, unless pending, end it as the dispatcher does. `reason`: unless it is delivered."""
        table = DeliveryTable(self.target.client("dynamodb"), "EventsTable", SHARDS)
        table.create([delivery])
        if state == "pending":
            return
        claimed = replace(delivery, lease=Lease(f"lease_{delivery.key.event_id}", time.time() + 60))
        assert claimed.lease is not None
        table.claim(delivery.key, 1, claimed.lease, time.time())
        status = 204 if state == "delivered" else 500
        attempt = Attempt(1, time.time(), 20, status, None, "", "out of order" if status == 500 else "")
        why = None if state == "delivered" else reason
        after = replace(delivery, state=State(state), due_at=None, ended_at=time.time(), reason=why)
        assert table.record(claimed, attempt, after)

    def items(self, event_id: str) -> dict[str, dict[str, Any]]:
        found = self.target.client("dynamodb").query(
            TableName="EventsTable",
            KeyConditionExpression="event_id = :id",
            ExpressionAttributeValues={":id": {"S": event_id}},
        )
        return {item["sk"]["S"]: item for item in found["Items"]}

    def messages(self, queue: str) -> list[Any]:
        answer = self.target.client("sqs").receive_message(
            QueueUrl=self.target.queue_url(queue), MaxNumberOfMessages=10
        )
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]
