"""What AWS answers the dispatcher: deliveries that are always there to be claimed, their events, whole
subscriptions, and endpoints that are well. The items are those that the store itself writes."""

import os
import time
from base64 import b64encode
from typing import Any

from doorbell.domain.deliveries import Delivery, DeliveryKey, State
from doorbell.domain.events import BodyAt
from doorbell.domain.matching import Match, Reason
from doorbell.domain.records import Incoming, RoutingPage, StoredEvent
from doorbell.store.deliveries.delivery_items import delivery_values, parse_key
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.events.event_items import event_values
from tests.bench.inside.github import event as ring
from tests.bench.inside.github import push

TENANT = "bench"
SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
URL_VARIABLE = "BENCH_SUBSCRIBER_URL"
"""Of the stub's environment: where the subscriptions' events go."""
DAY = 86_400
BODY = push()


def answer(operation: str, request: dict[str, Any]) -> dict[str, Any]:
    match operation:
        case "UpdateItem" if request["TableName"] == "Rollups":
            return {}
        case "UpdateItem":
            return {"Attributes": _written(request)}
        case "BatchExecuteStatement":
            return {"Responses": [_executed(**one) for one in request["Statements"]]}
        case "GetItem":
            found = _item(request["TableName"], request["Key"])
            return {} if found is None else {"Item": found}
        case "BatchGetItem":
            return {"Responses": _found(request["RequestItems"]), "UnprocessedKeys": {}}
        case "GetParameter":
            return {"Parameter": {"Name": request["Name"], "Type": "SecureString", "Value": SECRET}}
    raise ValueError(f"the dispatcher asked for {operation}")


def _found(asked: dict[str, Any]) -> dict[str, Any]:
    return {
        table: [item for key in wanted["Keys"] if (item := _item(table, key)) is not None]
        for table, wanted in asked.items()
    }


def _item(table: str, key: dict[str, Any]) -> dict[str, Any] | None:
    match table:
        case "Events":
            return EVENT | {"event_id": key["event_id"], "base_id": key["event_id"]}
        case "Subscriptions":
            return SUBSCRIPTION | key
        case "Endpoints" | "Sources":  # none is paused
            return None
    raise ValueError(f"the dispatcher read {table}")


def _written(request: dict[str, Any]) -> dict[str, Any]:
    """The delivery after its claim, or after its outcome."""
    values, key = request["ExpressionAttributeValues"], request["Key"]
    if request["UpdateExpression"].startswith("SET lease_id"):
        return _claimed(key, lease_id=values[":lease"], lease_until=values[":until"])
    there = _claimed(key)
    ended = {name: there[name] for name in there.keys() - {"due_at", "due_shard"}}
    outcome = {name: values[f":{name}"] for name in ("attempts_made", "settled_by", "state", "delivered_at")}
    return ended | outcome | {"attempts": values[":appended"]}


def _executed(Statement: str, Parameters: list[Any], **_: Any) -> dict[str, Any]:
    """A claim with the item as it is then; an outcome."""
    if not Statement.endswith("RETURNING ALL NEW *"):
        return {"TableName": "Events"}
    key = {"event_id": Parameters[2], "sk": Parameters[3]}
    return {"TableName": "Events", "Item": _claimed(key, lease_id=Parameters[0], lease_until=Parameters[1])}


def _claimed(key: dict[str, Any], **lease: Any) -> dict[str, Any]:
    return DELIVERY | key | {"subscription_id": {"S": f"{TENANT}/{_subscription_of(key)}"}} | lease


def _subscription_of(key: dict[str, Any]) -> str:
    return parse_key(key["event_id"]["S"], key["sk"]["S"]).subscription_id


def _event(now: float) -> StoredEvent:
    incoming = Incoming(
        ingest_id="9b2f6c1e0d7a4f3b8c5d2e1f0a9b8c7d",
        event_id="evt_bench",
        tenant_id=TENANT,
        source_id="github-bench",
        provider="github",
        event_type="push",
        dedupe_window_seconds=7 * DAY,
        received_at=now,
        content_type="application/json",
        headers=ring(BODY)["headers"],
        body=BodyAt(len(BODY), BODY.encode()),
    )
    routing = RoutingPage((Match("sub_00", Reason.MATCHED, ""),))
    return StoredEvent("evt_bench", incoming, 0, now, now + 7 * DAY, int(now) + 30 * DAY, routing)


def _delivery(now: float) -> Delivery:
    key = DeliveryKey("evt_bench", "sub_00")
    return Delivery(key, TENANT, State.PENDING, now, now, now + 900, int(now) + 30 * DAY, received_at=now)


def _wired(item: dict[str, Any]) -> dict[str, Any]:
    """DynamoDB's JSON carries bytes as base64."""
    return {
        name: {"B": b64encode(value["B"]).decode()} if "B" in value else value for name, value in item.items()
    }


EVENT = _wired(marshal(event_values(_event(time.time()))))
DELIVERY = marshal(delivery_values(_delivery(time.time()), shards=32))
SUBSCRIPTION = marshal(
    {
        "url": os.environ.get(URL_VARIABLE, "https://subscriber.example/"),
        "secrets": ["ssm:/doorbell/bench"],
        "event_types": ["push"],
    }
)
