"""`doorbell purge`: everything of a tenant, gone, and the proof."""

from typing import Any

import pytest
from typer.testing import CliRunner

from tests.integration.ops.deployed import Doorbell, application

MANY = ("replay", "--tenant", "acme", "--subscription", "billing", "--since", "1h")


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
        "events": 3,
        "jobs": 1,
        "bodies": 2,
        "waiting": 0,
    }
    assert set(proof["left"].values()) == {0}
    left = doorbell.target.client("dynamodb").scan(TableName="EventsTable")["Items"]
    assert {item["event_id"]["S"] for item in left} == {other}
    assert [row["Key"] for row in s3.list_objects_v2(Bucket="bodies")["Contents"]] == ["acme2/ing_1"]


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


def test_purge_does_nothing_without_the_tenant_s_name_typed(doorbell: Doorbell) -> None:
    event_id = doorbell.event(1)
    result = CliRunner().invoke(application(), ["purge", "--tenant", "acme"], input="yes\n")
    assert result.exit_code == 1
    assert "event" in doorbell.items(event_id)
