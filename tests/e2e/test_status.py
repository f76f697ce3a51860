"""The questions of a bad night, with 5,000 deliveries on record in the local AWS: each is one command of at
most ten AWS calls."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from itertools import batched
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from doorbell.domain.deliveries import Attempt, Delivery, DeliveryKey, State
from doorbell.domain.shelves import shelf_of
from doorbell.store.deliveries.delivery_items import delivery_values
from doorbell.store.dynamodb.tables import marshal
from doorbell_cli.main import app
from doorbell_cli.stack import LocalStack
from doorbell_cli.target import Target
from tests.support.stack import target_of

pytestmark = pytest.mark.e2e

SHARDS = 32
WAITING, FAILING, LOST = 4000, 500, 500
UNTIL = 3600.0


@pytest.fixture
def tenant() -> str:
    return f"t-{uuid4().hex[:10]}"


@pytest.fixture
def target(stack: LocalStack, monkeypatch: pytest.MonkeyPatch) -> Target:
    found = target_of(stack)
    monkeypatch.setattr("doorbell_cli.target.find_target", lambda stack: found)
    return found


def on_record(tenant: str, now: float) -> list[dict[str, Any]]:
    """What the dispatcher would have left behind."""
    new = Delivery(
        DeliveryKey("", "books"),
        tenant,
        State.PENDING,
        now - 900,
        now + UNTIL,
        now + UNTIL,
        int(now) + 86_400,
    )
    failed = Attempt(1, now - 60, 20, 503, None, "", "the database is on holiday")
    items = []
    for number in range(WAITING + FAILING + LOST):
        tried = number >= WAITING
        one = replace(
            new, key=DeliveryKey(f"evt_{tenant}{number:05d}", "books"), attempts=(failed,) if tried else ()
        )
        values = delivery_values(one, SHARDS)
        if not tried:
            values |= {"shelf": shelf_of(f"{tenant}/books", one.key), "shelf_at": now - 900}
        if number >= WAITING + FAILING:
            values = {name: value for name, value in values.items() if not name.startswith("due_")}
            values |= {"state": "exhausted", "reason": "schedule", "ended_at": now - 30}
        items.append(marshal(values))
    return items


def test_what_fails_why_since_when_how_much_waits_and_what_is_lost_are_one_command_each(
    target: Target, tenant: str
) -> None:
    client, now, name = target.client("dynamodb"), time.time(), f"{tenant}/books"
    for batch in batched(on_record(tenant, now), 25, strict=True):
        puts = [{"PutRequest": {"Item": item}} for item in batch]
        client.batch_write_item(RequestItems={target.table("Events"): puts})
    parked = {
        "failures": 7,
        "failing_since": now - 300,
        "parked_until": now + UNTIL,
        "parks": 1,
        "version": 1,
    }
    health = {"subscription_id": name, **parked, "wake_at": now + UNTIL, "wake_shard": "0"}
    client.put_item(TableName=target.table("Endpoints"), Item=marshal(health))
    item = {"tenant_id": tenant, "subscription_id": "books", "url": "https://example.com/", "signing": "none"}
    client.put_item(TableName=target.table("Subscriptions"), Item=marshal(item))
    calls = Counter[str]()
    client.meta.events.register("before-call", lambda model, **_: calls.update([model.name]))

    def asked(*arguments: str) -> str:
        calls.clear()
        result = CliRunner().invoke(app, [*arguments])
        assert result.exit_code == 0, result.output
        assert calls.total() <= 10, calls
        return " ".join(result.stdout.split())

    said = asked("status", name)
    assert f"waiting {WAITING + FAILING:,}: {FAILING} failed before, {WAITING:,} not tried yet" in said
    assert "last error 503 'the database is on holiday'" in said
    end = time.strftime("%H:%M:%S", time.gmtime(now + UNTIL))
    assert f"{end}, then one probe; 7 failures in a row since" in said
    assert f"waiting list {WAITING:,} since" in said
    assert "after a good probe sent out at 50 a second and faster, 1 min 20 s for all" in said
    assert f"lost {LOST} since" in said
    assert f"{LOST} exhausted (schedule)" in said
    assert f"{WAITING + FAILING:,}" in asked("status", "--tenant", tenant).replace("4500", "4,500")
    failing = asked("deliveries", "list", "--tenant", tenant, "--state", "failing")
    assert "the endpoint is parked" in failing
    assert "the database is on holiday" in asked(
        "deliveries", "list", "--tenant", tenant, "--state", "exhausted"
    )
