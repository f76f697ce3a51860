"""`doorbell audit`: what it counts, what it names, and what it ends with."""

import json

from doorbell.store.dynamodb.tables import marshal
from tests.integration.ops.deployed import Doorbell


def test_a_balanced_ledger_says_so_and_ends_with_zero(doorbell: Doorbell) -> None:
    for number, state in enumerate(("delivered", "delivered", "exhausted", "cancelled", "pending")):
        doorbell.event(number, state=state)
    result = doorbell.run("audit", "--json")
    counted = json.loads(result.stdout)
    assert result.exit_code == 0
    assert counted["balanced"] is True
    assert {
        k: counted[k] for k in ("events", "matched", "delivered", "exhausted", "cancelled", "pending")
    } == {
        "events": 5,
        "matched": 5,
        "delivered": 2,
        "exhausted": 1,
        "cancelled": 1,
        "pending": 1,
    }


def test_it_says_of_each_source_how_many_events_it_rang(doorbell: Doorbell) -> None:
    for number, source in enumerate(("github", "shop", "shop")):
        doorbell.event(number, source_id=source)
    sources = doorbell.json("audit")["sources"]
    none = {"back_filled": 0, "asked_for": 0, "missing_for_good": 0}
    assert sources == {"github": {"rung": 1, **none}, "shop": {"rung": 2, **none}}


def test_a_lost_delivery_is_named_and_the_audit_ends_with_one(doorbell: Doorbell) -> None:
    event_id = doorbell.event(1)
    key = marshal({"event_id": event_id, "sk": "delivery#billing"})
    doorbell.target.client("dynamodb").delete_item(TableName="EventsTable", Key=key)
    result = doorbell.run("audit", "--settle", "0s")
    assert result.exit_code == 1
    assert "delivery_missing" in result.stdout
    assert event_id in result.stdout


def test_a_forgotten_pending_delivery_is_found(doorbell: Doorbell) -> None:
    event_id = doorbell.event(1, state="pending")
    doorbell.target.client("dynamodb").update_item(
        TableName="EventsTable",
        Key=marshal({"event_id": event_id, "sk": "delivery#billing"}),
        UpdateExpression="REMOVE due_at, due_shard",
    )
    assert [d["code"] for d in doorbell.json("audit")["discrepancies"]] == ["pending_forgotten"]


def test_events_that_never_reached_the_tables_unbalance_the_audit(doorbell: Doorbell) -> None:
    doorbell.target.client("sqs").send_message(
        QueueUrl=doorbell.target.queue_url("EventsDeadLetter"), MessageBody="{}"
    )
    result = doorbell.run("audit")
    assert result.exit_code == 1
    assert "doorbell dlq redrive events" in result.stdout
