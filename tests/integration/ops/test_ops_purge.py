"""`doorbell purge`: everything of a tenant, gone, and the proof."""

import time
from dataclasses import replace
from typing import Any

import pytest
from typer.testing import CliRunner

from doorbell.domain.conditions import Changed
from doorbell.domain.incidents import Cause
from doorbell.domain.jobs import Job
from doorbell.domain.large import prefix_of as large_prefix
from doorbell.domain.own_events import EXHAUSTED, PARKED
from doorbell.domain.replays import ReplayJob, Selection
from doorbell.domain.routes import Manifest, moved
from doorbell.domain.subscriptions import Interest
from doorbell.store.events.jobs import JobTable
from doorbell.store.events.operations import Operation, OperationTable
from doorbell.store.health.changes import ChangeTable
from doorbell.store.health.incidents import IncidentTable
from doorbell.store.routes.filing import RouteFile
from doorbell_cli.main import app
from doorbell_cli.ops.belongings import belongings, pool
from tests.integration.ops.deployed import Doorbell

BROKEN = {"tenant_id": "acme", "url": "https://example.com/hook"}
MANY = ("replay", "--tenant", "acme", "--subscription", "billing", "--since", "1h")


def test_purge_removes_everything_of_a_tenant_proves_it_and_touches_nobody_else(doorbell: Doorbell) -> None:
    for number in range(3):
        event_id = doorbell.event(number, state="exhausted")
        doorbell.put("EventsTable", {"event_id": event_id, "sk": "attempt#billing#0000#0001", "details": b""})
    doorbell.json(*MANY, "--yes", "--background")
    doorbell.json(*MANY, "--yes")
    changed = OperationTable(doorbell.target.client("dynamodb"), "EventsTable")
    changed.record(Operation("acme", "arn:aws:iam::1:user/a", "disable", "source github", time.time()))
    other = doorbell.event(1, tenant="acme2")
    s3 = doorbell.target.client("s3")
    others = [f"{large_prefix('acme2')}books/evt_1/digest", "acme2/ing_1"]
    for key in ("acme/ing_1", "acme/ing_2", f"{large_prefix('acme')}books/evt_1/digest", *others):
        s3.put_object(Bucket="bodies", Key=key, Body=b"x")
    for holder in ("source#acme/github", "subscription#acme/billing", "subscription#acme/deleted"):
        doorbell.put("RollupsTable", {"holder": holder, "at": 300, "delivered": 1})
    for holder in ("source#acme2/github", "subscription#acme2/billing"):
        doorbell.put("RollupsTable", {"holder": holder, "at": 300, "delivered": 1})
    proof = doorbell.json("purge", "--tenant", "acme", "--yes")
    assert proof["found"] == {
        "sources": 1,
        "subscriptions": 1,
        "event_types": 0,
        "events": 3,
        "jobs": 2,
        "operations": 1,
        "refused": 0,
        "rollups": 3,
        "bodies": 3,
    }
    assert proof["waiting"] == 1  # the replay's own event, that it is done
    assert set(proof["left"].values()) == {0}
    left = doorbell.target.client("dynamodb").scan(TableName="EventsTable")["Items"]
    assert {item["event_id"]["S"] for item in left if item["sk"]["S"] != "op"} == {other}
    assert {item["tenant_id"]["S"] for item in left if item["sk"]["S"] == "op"} == {"doorbell"}
    counts = doorbell.target.client("dynamodb").scan(TableName="RollupsTable")["Items"]
    assert {item["holder"]["S"] for item in counts} == {"source#acme2/github", "subscription#acme2/billing"}
    assert [row["Key"] for row in s3.list_objects_v2(Bucket="bodies")["Contents"]] == others


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
    incidents = IncidentTable(doorbell.target.client("dynamodb"), "EndpointsTable")
    for endpoint in ("acme/billing", "acme/deleted", "acme2/deleted"):
        doorbell.put("EndpointsTable", {"subscription_id": endpoint, "failures": 3})
        for cause, kind in ((Cause.HEALTH, PARKED), (Cause.EXHAUSTED, EXHAUSTED)):
            incidents.note(cause, endpoint, kind, {"endpoint": endpoint}, 1.0, soon=True)
        ChangeTable(doorbell.target.client("dynamodb"), "EndpointsTable").add(endpoint, Changed(1.0, PARKED))
    assert doorbell.run("purge", "--tenant", "acme", "--yes").exit_code == 0
    left = doorbell.target.client("dynamodb").scan(TableName="EndpointsTable")["Items"]
    names = {item["subscription_id"]["S"] for item in left}
    assert {name.rpartition("acme2/")[2] for name in names} == {"deleted"}
    assert len(names) == 4


@pytest.mark.usefixtures("few_days")
def test_what_the_routing_index_has_of_a_tenant_goes_too(doorbell: Doorbell) -> None:
    dynamodb = doorbell.target.client("dynamodb")
    wants = Interest("billing", True, (), ("push",), None)
    for tenant in ("acme", "acme2"):
        filed = moved(Manifest(1, "d", ("all#",)), "e", ("type#push",), 1e12)
        RouteFile(dynamodb, "RoutesTable").write(
            (tenant, "billing"), Manifest(), filed, wants, ("body", "a"), 0
        )
        doorbell.put("RoutesTable", entry_values(tenant))
    assert doorbell.run("purge", "--tenant", "acme", "--yes").exit_code == 0
    left = [item["pk"]["S"] for item in dynamodb.scan(TableName="RoutesTable")["Items"]]
    assert sorted(left) == [f"acme2#{of}" for of in ("about", "all#", "manifests", "type#push")]


@pytest.mark.usefixtures("few_days")
def test_the_jobs_of_a_tenant_go_too_and_are_counted(doorbell: Doorbell) -> None:
    now = float(int(time.time()))
    table = JobTable(doorbell.target.client("dynamodb"), "EventsTable", time.time)
    jobs = [
        Job(
            ReplayJob("aa00", Selection(tenant, "billing", 0, now), 1.0, started_at=now),
            "ana",
            now,
            due_at=now,
        )
        for tenant in ("acme", "acme2")
    ]
    assert all(table.save(job) for job in jobs)
    said = doorbell.json("purge", "--tenant", "acme", "--yes")
    assert (said["found"]["jobs"], said["left"]["jobs"]) == (1, 0)
    assert [table.load(job.key) for job in jobs] == [None, jobs[1]]


def entry_values(tenant: str) -> dict[str, Any]:
    """Where it leaves."""
    return {"pk": f"{tenant}#all#", "sk": "billing", "version": 2, "expires_at": 2_000_000_000}


def test_a_stack_of_before_there_was_a_routing_index_has_nothing_in_it(doorbell: Doorbell) -> None:
    outputs = {name: value for name, value in doorbell.target.outputs.items() if name != "RoutesTableName"}
    before = replace(doorbell.target, outputs=outputs)
    with pool() as threads:
        assert "routes" not in {drawer.name for drawer in belongings(before, "acme", threads)}


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
    result = CliRunner().invoke(app, ["purge", "--tenant", "acme"], input="yes\n")
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
    assert "Secrets that its items referred to: ssm:/doorbell/x\n" in result.stdout


@pytest.mark.usefixtures("few_days")
def test_the_waiting_list_of_a_source_goes_with_it(doorbell: Doorbell) -> None:
    for tenant in ("acme", "acme2"):
        doorbell.put("SourcesTable", {"source_id": f"of.{tenant}", "tenant_id": tenant, "paused": True})
        doorbell.put("EndpointsTable", {"subscription_id": f"{tenant}/source#of.{tenant}", "wake_at": 1})
    assert doorbell.run("purge", "--tenant", "acme", "--yes").exit_code == 0
    left = doorbell.target.client("dynamodb").scan(TableName="EndpointsTable")["Items"]
    assert [item["subscription_id"]["S"] for item in left] == ["acme2/source#of.acme2"]


@pytest.mark.usefixtures("few_days")
def test_a_source_that_has_become_another_tenants_since_it_was_read_is_not_removed(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    doorbell.put("SourcesTable", {"source_id": "moves", "tenant_id": "acme"})
    client = doorbell.target.client("dynamodb")
    real = client.delete_item

    def moved_before(**call: Any) -> Any:
        if call["Key"] == {"source_id": {"S": "moves"}}:
            doorbell.put("SourcesTable", {"source_id": "moves", "tenant_id": "acme2"})
        return real(**call)

    monkeypatch.setattr(client, "delete_item", moved_before)
    assert doorbell.run("purge", "--tenant", "acme", "--yes").exit_code == 0
    (left,) = client.scan(TableName="SourcesTable")["Items"]
    assert left["tenant_id"] == {"S": "acme2"}


@pytest.mark.usefixtures("few_days")
def test_with_background_the_stack_is_asked_and_its_record_outlives_a_purge_by_the_tool(
    doorbell: Doorbell,
) -> None:
    event_id = doorbell.event(1)
    refused = doorbell.run("purge", "--tenant", "acme", "--background", "--yes")
    assert refused.exit_code == 1
    assert "PurgeJobs" in refused.stderr
    doorbell.target.parameters.update({"PurgeJobs": "true"})  # type: ignore[attr-defined]
    typed = CliRunner().invoke(app, ["purge", "--tenant", "acme", "--background"], input="no\n")
    assert typed.exit_code == 1
    assert doorbell.json("jobs", "list", "--tenant", "acme") == []
    asked = doorbell.json("purge", "--tenant", "acme", "--background", "--yes")
    assert (asked["kind"], asked["state"], asked["purge"]["run"]) == ("purge", "queued", True)
    assert "event" in doorbell.items(event_id)
    again = doorbell.run("purge", "--tenant", "acme", "--background", "--dry-run")
    assert "has not ended" in again.stderr
    proof = doorbell.json("purge", "--tenant", "acme", "--yes")
    assert (proof["found"]["jobs"], set(proof["left"].values())) == (0, {0})
    (kept,) = doorbell.json("jobs", "list", "--tenant", "acme")
    assert kept["job_id"] == asked["job_id"]
    nobody = doorbell.run("purge", "--tenant", "nobody", "--background", "--yes")
    assert (nobody.exit_code, "nobody" in nobody.stderr) == (1, True)
