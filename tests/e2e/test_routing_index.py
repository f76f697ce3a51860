"""The routing index as it is deployed: a real stream, the indexer under its role, canaries of the sweeper."""

import json
import time
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from doorbell.domain.certificates import CANARIES
from doorbell.store.dynamodb.tables import marshal, unmarshal
from tests.support.gateway import Gateway
from tests.support.patience import latest
from tests.support.subscribers import ok, subscriber

pytestmark = pytest.mark.e2e

MANY = 501
"""More than a page."""
SECONDS = 90.0


def until(holds: Callable[[], Any], seconds: float = SECONDS) -> Any:
    """What `holds` gives, once that is something."""
    end = latest(seconds)
    while not (found := holds()):
        assert time.monotonic() < end, "not within its time"
        time.sleep(0.5)
    return found


def routes(gateway: Gateway, pk: str) -> list[dict[str, Any]]:
    answer = gateway.stack.client("dynamodb").query(
        TableName=gateway.stack.outputs["RoutesTableName"],
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues=marshal({":pk": pk}),
    )
    return [unmarshal(item) for item in answer["Items"]]


def invoke(gateway: Gateway, function: str) -> dict[str, Any]:
    client = gateway.stack.client("lambda")
    answer = client.invoke(FunctionName=gateway.stack.outputs[f"{function}FunctionName"], Payload=b"{}")
    said: dict[str, Any] = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, said
    return said


def certificate(gateway: Gateway, tenant: str) -> Any:
    """The tenant's own: the indexer's answer counts others' too."""
    invoke(gateway, "Indexer")
    return next((one.get("certificate") for one in routes(gateway, f"{tenant}#about")), None)


def test_an_event_of_a_tenant_with_many_asks_by_key_and_whoever_wants_it_gets_it(gateway: Gateway) -> None:
    with subscriber(ok) as serving:
        team = uuid4().hex
        tenant, wanting = f"t-{team}", gateway.put_subscription(team, serving.url, event_types=["order.*"])
        for number in range(MANY):
            other = {"url": serving.url, "signing": "none", "event_types": ["invoice.paid"]}
            gateway.put(
                "SubscriptionsTableName", {"tenant_id": tenant, "subscription_id": f"s{number}", **other}
            )
        (filed,) = until(lambda: routes(gateway, f"{tenant}#prefix#order."))
        assert filed["sk"] == wanting
        until(lambda: len(routes(gateway, f"{tenant}#manifests")) == MANY + 1)
        invoke(gateway, "Sweeper")
        until(lambda: [one for one in routes(gateway, "!canaries") if len(one) == CANARIES + 3])
        assert until(lambda: certificate(gateway, tenant))["count"] == MANY + 1
        before = Counter(gateway.stack.logs("fanout"))
        event = {"type": "order.paid", "tenant_id": tenant, "data": {"total": "12.50"}}
        event_id = gateway.signed("POST", "/events", event).json["event_id"]
        assert set(gateway.wait_until_ended(event_id, 1, SECONDS)) == {wanting}
    written = Counter(gateway.stack.logs("fanout")) - before
    assert not [line for line in written if "routes_not_read" in line or "ExecuteStatement" in line]


def test_a_subscription_that_goes_is_taken_off(gateway: Gateway) -> None:
    tenant = f"t-{uuid4().hex}"
    key = {"tenant_id": tenant, "subscription_id": "s"}
    item = {**key, "url": "https://example.com/hook", "signing": "none", "event_types": ["push"]}
    gateway.put("SubscriptionsTableName", item)
    until(lambda: routes(gateway, f"{tenant}#type#push"))
    gateway.delete("SubscriptionsTableName", key)
    until(lambda: not routes(gateway, f"{tenant}#type#push"))
