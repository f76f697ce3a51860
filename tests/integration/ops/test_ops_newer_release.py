"""After a way back: what only the newer release can read is shown as such, and hides nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.replays import Selection
from doorbell.store.deliveries.delivery_items import delivery_key
from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell.store.events.job_items import work_key
from doorbell_cli.ops.jobs import job_desk
from tests.integration.ops.deployed import Doorbell

TENANT = ("--tenant", "acme")


def changed(doorbell: Doorbell, key: dict[str, Any], **fields: Any) -> None:
    client = doorbell.target.client("dynamodb")
    there = unmarshal(client.get_item(TableName="EventsTable", Key=marshal(key))["Item"])
    client.put_item(TableName="EventsTable", Item=marshal({**there, **fields}))


def a_job_of_another_kind(doorbell: Doorbell) -> str:
    doorbell.subscribe("billing")
    chosen = Selection("acme", "billing", 0.0, 1.0, ("exhausted",))
    key = job_desk(doorbell.target).replay(chosen, 5.0, "arn:me").key
    changed(doorbell, work_key(key), kind="dance", per_second=None)
    return key.job_id


def frozen(doorbell: Doorbell) -> str:
    event_id = doorbell.event(1, state="pending")
    changed(doorbell, delivery_key(DeliveryKey(event_id, "billing")), state="frozen")
    return event_id


def test_a_job_of_a_kind_that_is_not_known_is_listed_and_shown_and_not_called_off(doorbell: Doorbell) -> None:
    job_id = a_job_of_another_kind(doorbell)
    (row,) = doorbell.json("jobs", "list", *TENANT)
    assert (row["job_id"], row["kind"], row["state"]) == (job_id, "dance", "queued")
    assert "not this release's" in doorbell.run("jobs", "list", *TENANT).stdout
    shown = " ".join(doorbell.run("jobs", "show", job_id, *TENANT).stdout.split())
    assert "A newer release wrote it (kind dance, state queued). This one leaves it as it is." in shown
    refused = doorbell.run("jobs", "cancel", job_id, *TENANT)
    assert (refused.exit_code, "Deploy the newer release to call it off" in refused.stderr) == (1, True)
    assert doorbell.json("jobs", "show", job_id, *TENANT) == row


@pytest.mark.parametrize(
    ("command", "shows"),
    [
        (("events", "show", "EVENT"), "frozen"),
        (("deliveries", "show", "EVENT", "billing"), "frozen"),
        (("show", "EVENT"), "frozen"),
        (("audit",), "frozen"),
        (("status", *TENANT), ""),
        (("deliveries", "list", "--state", "waiting", *TENANT), ""),
        (("deliveries", "list", "--state", "ended", *TENANT), ""),
        (("events", "list", "--state", "pending", *TENANT), ""),
        (("replay", "EVENT", "--dry-run"), ""),
    ],
)
def test_a_delivery_in_a_state_that_is_not_known_is_shown_as_it_is(
    doorbell: Doorbell, command: tuple[str, ...], shows: str
) -> None:
    doorbell.subscribe("billing")
    doorbell.put("SourcesTable", {"source_id": "github", "provider": "github", "tenant_id": "acme"})
    event_id = frozen(doorbell)
    done = doorbell.run(*(event_id if word == "EVENT" else word for word in command))
    assert isinstance(done.exception, SystemExit | None), repr(done.exception)
    assert shows in done.stdout
