"""`doorbell cost --measured`: the load that a stack's own counts say, read within bounds."""

import time
from dataclasses import replace

import pytest

from doorbell.domain.rollups import SPREAD, Holder, Kind, bucket_at
from doorbell.store.rollups.rollup_table import RollupTable
from doorbell_cli.ops import measured
from doorbell_cli.target import Target
from tests.integration.ops.deployed import DAY, Doorbell
from tests.support.cli_calls import counted_calls
from tests.support.template import template

A_DAY_AGO = 86_400.0


def add(doorbell: Doorbell, kind: Kind, name: str, tenant: str = "acme", **counts: int) -> None:
    table = RollupTable(doorbell.target.client("dynamodb"), "RollupsTable", 14 * DAY)
    named = {what.replace("__", "."): count for what, count in counts.items()}
    table.add(Holder(kind, tenant, name), bucket_at(time.time() - A_DAY_AGO), named)


@pytest.fixture
def counted(doorbell: Doorbell) -> Doorbell:
    """Two tenants, whose subscriptions have one id."""
    for source_id, provider, tenant in (("github", "github", "acme"), ("pay", "stripe", "zeta")):
        item = {"source_id": source_id, "provider": provider, "tenant_id": tenant}
        doorbell.put("SourcesTable", {**item, "secrets": [f"ssm:/doorbell/{source_id}"]})
        add(doorbell, Kind.SOURCE, source_id, tenant, accepted=600)
        add(doorbell, Kind.SOURCE, "publish", tenant, accepted=70)
        add(doorbell, Kind.SOURCE, "inbox", tenant, accepted=30)
    for tenant in ("acme", "zeta"):
        doorbell.subscribe("billing", tenant)
        add(doorbell, Kind.SUBSCRIPTION, "billing", tenant, delivered=1400, failed__5xx=140, held__parked=28)
    return doorbell


def test_a_month_is_made_of_the_counts_of_seven_days_of_all_tenants(counted: Doorbell) -> None:
    said = counted.json("cost", "--measured", "--body", "2KB")
    load = said["load"]
    assert load["events"] == pytest.approx(1400 / 7 * 30)
    assert (load["fanout"], load["retries"], load["outages"]) == (2.0, 0.1, 0.02)
    assert (load["providers"], load["secrets"], load["body_bytes"]) == (2, 2, 2048)
    assert said["measured"]["read"] == {"sources": 6, "subscriptions": 2, "days": 7}
    assert said["measured"]["is_whole"]
    assert len(said["levers"]) == 2


def test_the_stacks_own_parameters_are_priced(counted: Doorbell, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"CloudWatchDashboard": "true", "LogLevel": "ERROR", "RetentionDays": "7", "RollupDays": "0"}
    target = replace(counted.target, parameters={**given, "DispatcherBatchSize": "100"})
    assert not counted.json("cost", "--measured")["load"]["dashboard"]
    monkeypatch.setattr("doorbell_cli.target.find_target", lambda stack: target)
    load = counted.json("cost", "--measured")["load"]
    assert (load["dashboard"], load["quiet"], load["retention_days"]) == (True, True, 7)
    assert (load["rollups"], load["side_by_side"]) == (False, 50)


def with_stack(monkeypatch: pytest.MonkeyPatch, target: Target) -> None:
    monkeypatch.setattr("doorbell_cli.target.find_target", lambda stack: target)


@pytest.mark.parametrize(
    ("kept", "age", "days"), [("3", 30 * DAY, 3), ("14", 2 * DAY, 2), ("14", 9 * DAY, 7)]
)
def test_a_month_is_made_of_the_days_that_were_counted(
    counted: Doorbell, monkeypatch: pytest.MonkeyPatch, kept: str, age: float, days: float
) -> None:
    """Not of seven, where the stack is younger or keeps counts no longer: the bill would be too small."""
    parameters = {"RollupDays": kept}
    target = replace(counted.target, parameters=parameters, created_at=time.time() - age)
    with_stack(monkeypatch, target)
    said = counted.json("cost", "--measured")
    assert said["load"]["events"] == pytest.approx(1400 / days * 30, rel=0.001)
    assert said["measured"]["read"]["days"] == pytest.approx(days, rel=0.001)


def test_a_stack_of_a_moment_ago_is_taken_for_an_hour_old(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_stack(monkeypatch, replace(doorbell.target, created_at=time.time()))
    table = RollupTable(doorbell.target.client("dynamodb"), "RollupsTable", 14 * DAY)
    table.add(Holder(Kind.SOURCE, "acme", "github"), bucket_at(time.time()), {"accepted": 2})
    assert doorbell.json("cost", "--measured")["load"]["events"] == pytest.approx(2 * 24 * 30)


def test_secrets_are_priced_where_most_of_them_are(counted: Doorbell) -> None:
    assert counted.json("cost", "--measured")["load"]["kept_in"] == "ssm"
    elsewhere = [f"secretsmanager:doorbell/{number}" for number in range(3)]
    counted.subscribe("billing", "acme", secrets=elsewhere)
    said = counted.json("cost", "--measured")
    assert (said["load"]["kept_in"], said["load"]["secrets"]) == ("secretsmanager", 5)
    assert said["measured"]["secrets"] == {"ssm": 2, "secretsmanager": 3}
    assert said["levers"][0]["knob"] == "ssm: references of secrets"
    told = counted.run("cost", "--measured").stderr
    assert "(ssm 2, secretsmanager 3). All are priced as of secretsmanager." in told


def test_what_is_not_in_the_bill_is_named(counted: Doorbell, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Not in this bill" not in counted.run("cost", "--measured").stderr
    given = {"RollupDays": "0", "RoutingIndex": "true", "Tracing": "Active", "Backfill": "false"}
    with_stack(monkeypatch, replace(counted.target, parameters=given))
    result = counted.run("cost", "--measured")
    assert "Not in this bill, and switched on: RoutingIndex, Tracing." in result.stderr
    assert "makes no counts (RollupDays=0)" in result.stderr
    assert counted.json("cost", "--measured")["measured"]["is_counted"] is False


@pytest.mark.parametrize(("name", "value"), measured.NOT_PRICED.items())
def test_what_may_cost_more_is_a_parameter_that_is_off_by_default(name: str, value: str) -> None:
    parameter = template()["Parameters"][name]
    assert value in parameter["AllowedValues"]
    assert parameter["Default"] != value


def test_no_more_is_read_than_the_bound_and_it_says_what_was_left_out(
    counted: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measured, "HOLDERS", 1)
    with counted_calls(counted.target) as calls:
        result = counted.run("cost", "--measured")
    assert calls["Query"] == 2 * SPREAD
    assert "1 of 6 source(s) and 1 of 2 subscription(s)" in " ".join(result.stdout.split())
    assert "What was not read is not in this bill." in result.stderr


def test_a_stack_in_which_nothing_happened_is_priced_as_idle(doorbell: Doorbell) -> None:
    said = doorbell.json("cost", "--measured")
    assert said["load"]["events"] == 0
    assert 0 < said["total_usd"] < 5
