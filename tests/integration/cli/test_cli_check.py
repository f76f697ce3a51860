"""`doorbell check`: all that is wrong, each with what to do, and exit 1."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from doorbell.domain.health import Health
from doorbell.store.endpoints import EndpointTable
from doorbell.store.refused.refused_items import kept_values
from doorbell_cli import target as target_module
from tests.integration.cli.conftest import Shell
from tests.integration.test_refused_table import a_refused

OF_A_STACK, LOCAL, OF_AN_ACCOUNT = 6, 1, 5
"""Checks that are made without any item: queues, alarms, parameters, refused requests; and by where it is."""


def sound(shell: Shell, name: str = "ci", **more: Any) -> None:
    values = {"url": "https://127.0.0.1/", "secrets": ["ssm:/doorbell/ci"], **more}
    shell.target.client("ssm").put_parameter(
        Name="/doorbell/ci", Value="x", Type="SecureString", Overwrite=True
    )
    shell.put("Subscriptions", tenant_id="default", subscription_id=name, **values)


def only_finding(shell: Shell) -> dict[str, str]:
    document = shell.json("check", code=1)
    assert document["ok"] is False
    (finding,) = document["findings"]
    found: dict[str, str] = finding
    return found


def test_a_stack_in_order_is_said_to_be(shell: Shell) -> None:
    sound(shell)
    shell.put("Sources", source_id="gh", provider="github", secrets=["ssm:/doorbell/ci"])
    document = shell.json("check")
    assert document["ok"] is True
    assert document["checks"] == OF_A_STACK + LOCAL + 2


class Refusing:
    """A service whose every call is refused."""

    def __getattr__(self, name: str) -> Any:
        def refused(*arguments: object, **given: object) -> None:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, name)

        return refused


def test_on_aws_the_account_is_looked_at_too_and_what_may_not_be_seen_keeps_nothing_else_from_it(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed = replace(shell.target, local=False)
    for service in ("lambda", "apigateway", "apigatewayv2"):
        deployed._clients[service] = Refusing()
    monkeypatch.setattr(target_module, "find_target", lambda stack: deployed)
    document = shell.json("check", code=1)
    unseen = {one["where"] for one in document["findings"] if "could not be checked" in one["problem"]}
    assert unseen == {"Lambda's concurrency", "API mappings"}
    assert document["checks"] == OF_A_STACK + OF_AN_ACCOUNT


def test_a_source_that_refuses_is_noted_with_how_many_in_the_last_hour_and_is_no_problem(
    shell: Shell,
) -> None:
    """Of a few that came at once one is counted at first; all are kept."""
    sound(shell)
    shell.put("Sources", source_id="gh", provider="github", secrets=["ssm:/doorbell/ci"])
    now = int(time.time())
    counted = {"refused.signature_mismatch": 1, "refused.body_too_large": 25}
    shell.put("Rollups", holder="source#default/gh", at=now // 300 * 300, **counted)
    for place in range(3):
        kept = a_refused(f"{place:04d}", source_id="gh", tenant_id="default", at=now - 60)
        shell.put("Refused", **kept_values(place, kept, now + 3600))
    document = shell.json("check")
    assert document["ok"] is True
    assert [note for note in document["notes"] if "last hour" in note] == [
        "source gh: refused in the last hour at least 28: 25 body_too_large, 3 signature_mismatch; "
        "doorbell refused show gh"
    ]


def test_a_secret_that_is_stored_and_cannot_be_used_is_named(shell: Shell) -> None:
    sound(shell)
    shell.target.client("ssm").put_parameter(
        Name="/doorbell/ci", Value="whsec_*hush*", Type="SecureString", Overwrite=True
    )
    finding = only_finding(shell)
    assert finding["where"] == "subscription default/ci"
    assert "`whsec_` and base64" in finding["problem"]
    assert "hush" not in finding["problem"]


def test_a_broken_item_is_named_with_its_field(shell: Shell) -> None:
    shell.put("Sources", source_id="gh", provider="githob", secrets=["ssm:/doorbell/ci"])
    finding = only_finding(shell)
    assert finding["where"] == "source gh"
    assert finding["problem"].startswith("provider: ")
    assert "doorbell sources put" in finding["advice"]


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        ({}, "json_schema: must be JSON as text"),
        ({"json_schema": "{"}, "json_schema: is not JSON"),
        ({"json_schema": "[]"}, "json_schema: must be an object"),
        ({"json_schema": '{"type": "nothing"}'}, "json_schema: 'nothing' is not valid"),
    ],
)
def test_a_broken_event_type_is_named(shell: Shell, schema: dict[str, str], problem: str) -> None:
    shell.put("EventTypes", tenant_id="default", event_type="invoice.paid", **schema)
    finding = only_finding(shell)
    assert finding["where"] == "event type default/invoice.paid"
    assert finding["problem"].startswith(problem)
    assert "/admin/tenants/default/event-types/invoice.paid" in finding["advice"]


def test_event_types_are_checked_of_one_tenant_or_of_all(shell: Shell) -> None:
    shell.put("EventTypes", tenant_id="default", event_type="sound", json_schema='{"type": "object"}')
    shell.put("EventTypes", tenant_id="acme", event_type="broken", json_schema="{")
    assert shell.json("check", "--tenant", "default")["ok"] is True
    assert only_finding(shell)["where"] == "event type acme/broken"


def test_a_secret_that_is_not_there_is_found(shell: Shell) -> None:
    sound(shell, secrets=["ssm:/doorbell/nowhere"])
    assert only_finding(shell)["problem"] == "secret ssm:/doorbell/nowhere: no such parameter"


def test_a_secret_in_a_header_is_looked_at_too(shell: Shell) -> None:
    sound(shell, headers={"authorization": "ssm:/doorbell/nowhere"})
    assert "no such parameter" in only_finding(shell)["problem"]


def test_a_secret_that_the_functions_may_not_read_is_found(shell: Shell) -> None:
    shell.target.client("ssm").put_parameter(Name="/elsewhere/ci", Value="x", Type="SecureString")
    sound(shell, secrets=["ssm:/elsewhere/ci"])
    assert "can read only below /doorbell/" in only_finding(shell)["problem"]


def test_a_name_that_leads_inside_is_found_by_looking_it_up(shell: Shell) -> None:
    sound(shell, url="https://nowhere.invalid/")
    finding = only_finding(shell)
    assert finding["problem"].startswith("url: dns_failed")


def test_a_parked_endpoint_is_found(shell: Shell) -> None:
    sound(shell)
    endpoints = EndpointTable(shell.target.client("dynamodb"), shell.target.table("Endpoints"))
    endpoints.write_health("default/ci", Health(failures=6, failing_since=1.0, parked_until=9e9, parks=2))
    finding = only_finding(shell)
    assert "parked until" in finding["problem"]
    assert finding["advice"] == "doorbell status default/ci"


def test_one_switched_off_by_doorbell_is_found_and_one_by_hand_is_not(shell: Shell) -> None:
    sound(shell, "gone", enabled=False, disabled_reason="the subscriber answered 410 Gone", disabled_at=1)
    sound(shell, "off", enabled=False)
    assert "410 Gone" in only_finding(shell)["problem"]


def test_a_dead_letter_is_found(shell: Shell) -> None:
    shell.target.client("sqs").send_message(
        QueueUrl=shell.target.queue_url("DeliveriesDeadLetter"), MessageBody="x"
    )
    finding = only_finding(shell)
    assert finding["where"] == "queue DeliveriesDeadLetter"
    assert finding["advice"] == "doorbell dlq list"


def test_an_alarm_of_this_stack_is_found_and_one_of_another_is_not(shell: Shell) -> None:
    cloudwatch = shell.target.client("cloudwatch")
    for name in ("depth", "gateway-but-not-ours"):
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            AlarmDescription="look into the queue",
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
            MetricName="Depth",
            Namespace="Test",
            Period=60,
            Statistic="Maximum",
            Threshold=0,
        )
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="3 > 0")
    finding = only_finding(shell)
    assert (finding["where"], finding["problem"]) == ("alarm depth", "3 > 0")
    assert finding["advice"] == "look into the queue"
