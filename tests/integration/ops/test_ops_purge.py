"""`doorbell purge`: everything of a tenant, gone, and the proof."""

from typing import Any

import pytest
from typer.testing import CliRunner

from tests.integration.ops.deployed import Doorbell, application

BROKEN = {"tenant_id": "acme", "url": "https://example.com/hook"}
MANY = ("replay", "--tenant", "acme", "--subscription", "billing", "--since", "1h")


@pytest.fixture
def few_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log of two days: walking a year of it takes the emulation seconds. One test here walks it whole."""
    monkeypatch.setattr("doorbell_cli.ops.belongings.KEPT_DAYS", 2)


def test_purge_removes_everything_of_a_tenant_proves_it_and_touches_nobody_else(doorbell: Doorbell) -> None:
    for number in range(3):
        doorbell.event(number, state="exhausted")
    doorbell.json(*MANY, "--yes")
    other = doorbell.event(1, tenant="acme2")
    s3 = doorbell.target.client("s3")
    for key in ("acme/ing_1", "acme/ing_2", "acme2/ing_1"):
        s3.put_object(Bucket="bodies", Key=key, Body=b"x")
    proof = doorbell.json("purge", "--tenant", "acme", "--yes")
    assert proof["found"] == {
        "sources": 1,
        "subscriptions": 1,
        "event_types": 0,
        "events": 3,
        "jobs": 1,
        "bodies": 2,
    }
    assert proof["waiting"] == 0
    assert set(proof["left"].values()) == {0}
    left = doorbell.target.client("dynamodb").scan(TableName="EventsTable")["Items"]
    assert {item["event_id"]["S"] for item in left} == {other}
    assert [row["Key"] for row in s3.list_objects_v2(Bucket="bodies")["Contents"]] == ["acme2/ing_1"]


@pytest.mark.usefixtures("few_days")
def test_purge_removes_event_types_broken_ones_too_and_counts_them(doorbell: Doorbell) -> None:
    for tenant, name in (("acme", "invoice.paid"), ("acme", "broken"), ("acme2", "invoice.paid")):
        schema = {} if name == "broken" else {"json_schema": "{}"}
        doorbell.put("EventTypesTable", {"tenant_id": tenant, "event_type": name, **schema})
    counted = doorbell.json("purge", "--tenant", "acme", "--dry-run")
    assert counted["found"]["event_types"] == counted["left"]["event_types"] == 2
    proof = doorbell.json("purge", "--tenant", "acme", "--yes")
    assert (proof["found"]["event_types"], proof["left"]["event_types"]) == (2, 0)
    left = doorbell.target.client("dynamodb").scan(TableName="EventTypesTable")["Items"]
    assert [item["tenant_id"]["S"] for item in left] == ["acme2"]


@pytest.mark.usefixtures("few_days")
def test_the_health_of_a_subscription_that_was_deleted_before_goes_with_its_deliveries(
    doorbell: Doorbell,
) -> None:
    doorbell.event(1, to="deleted")
    for endpoint in ("acme/billing", "acme/deleted", "acme2/deleted"):
        doorbell.put("EndpointsTable", {"subscription_id": endpoint, "failures": 3})
    assert doorbell.run("purge", "--tenant", "acme", "--yes").exit_code == 0
    left = doorbell.target.client("dynamodb").scan(TableName="EndpointsTable")["Items"]
    assert [item["subscription_id"]["S"] for item in left] == ["acme2/deleted"]


@pytest.mark.usefixtures("few_days")
def test_messages_that_wait_are_told_and_do_not_make_a_complete_purge_a_failure(doorbell: Doorbell) -> None:
    doorbell.event(1)
    queue = doorbell.target.queue_url("Events")
    doorbell.target.client("sqs").send_message(QueueUrl=queue, MessageBody="somebody else's")
    result = doorbell.run("purge", "--tenant", "acme", "--yes")
    assert result.exit_code == 0
    assert "1 message of all tenants" in result.stdout
    assert doorbell.json("purge", "--tenant", "acme", "--dry-run")["waiting"] == 1


@pytest.mark.usefixtures("few_days")
def test_a_purge_that_broke_off_in_an_event_is_finished_by_the_next(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    event_id = doorbell.event(1)
    client, wrote = doorbell.target.client("dynamodb"), []
    real = client.batch_write_item

    def dies_before_the_event(**call: Any) -> Any:
        wrote.append(call)
        keys = [r["DeleteRequest"]["Key"] for r in next(iter(call["RequestItems"].values()))]
        if any(key.get("sk", {}).get("S") == "event" for key in keys):
            raise KeyboardInterrupt
        return real(**call)

    monkeypatch.setattr(client, "batch_write_item", dies_before_the_event)
    doorbell.run("purge", "--tenant", "acme", "--yes")
    assert set(doorbell.items(event_id)) == {"event"}
    monkeypatch.setattr(client, "batch_write_item", real)
    assert doorbell.run("purge", "--tenant", "acme", "--yes").exit_code == 0
    assert doorbell.items(event_id) == {}


@pytest.mark.usefixtures("few_days")
def test_purge_does_nothing_without_the_tenant_s_name_typed(doorbell: Doorbell) -> None:
    event_id = doorbell.event(1)
    result = CliRunner().invoke(application(), ["purge", "--tenant", "acme"], input="yes\n")
    assert result.exit_code == 1
    assert "event" in doorbell.items(event_id)


@pytest.mark.usefixtures("few_days")
def test_broken_items_are_purged_and_only_their_references_are_told(doorbell: Doorbell) -> None:
    for number, secrets in enumerate((None, 7, "hunter2", [{"a": "hunter2"}, "ssm:/doorbell/x"])):
        doorbell.put("SubscriptionsTable", {**BROKEN, "subscription_id": f"b{number}", "secrets": secrets})
        doorbell.put("SourcesTable", {"source_id": f"b{number}", "tenant_id": "acme", "secrets": secrets})
    result = doorbell.run("purge", "--tenant", "acme", "--yes")
    assert result.exit_code == 0, result.output
    assert "hunter2" not in result.output
    assert "secrets its items referred to: ssm:/doorbell/x\n" in result.stdout
