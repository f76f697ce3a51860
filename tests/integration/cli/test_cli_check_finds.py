"""`doorbell check` finds each thing that can be missing, and is silent on a busy and healthy stack."""

from __future__ import annotations

from typing import Any

import pytest

from doorbell.domain.health import Health
from doorbell.store.endpoints import EndpointTable
from doorbell_cli.commands.operations.check_stack import BACKLOG_WORTH_A_WORD
from tests.integration.cli.conftest import Shell

URL = "https://127.0.0.1/"
OAUTH = {"token_url": URL, "client_id": "doorbell", "client_secret_ref": "ssm:/doorbell/missing"}
THERE, MISSING = "ssm:/doorbell/ci", "ssm:/doorbell/missing"


@pytest.fixture(autouse=True)
def secret(shell: Shell) -> None:
    shell.target.client("ssm").put_parameter(Name="/doorbell/ci", Value="x" * 24, Type="SecureString")


def subscribe(shell: Shell, **more: Any) -> None:
    values = {"url": URL, "secrets": [THERE], "signing": "github", **more}
    shell.put("Subscriptions", tenant_id="default", subscription_id="ci", **values)


def findings(shell: Shell, code: int = 1) -> list[tuple[str, str]]:
    document = shell.json("check", code=code)
    return [(one["where"], one["problem"]) for one in document["findings"]]


@pytest.mark.parametrize(
    "field",
    [
        {"secrets": [THERE, MISSING]},
        {"oauth": OAUTH},
        {"headers": {"authorization": MISSING}},
        {"ca_bundle_ref": MISSING},
        {"client_cert_ref": MISSING},
    ],
    ids=["second secret", "oauth", "header", "own CA", "client certificate"],
)
def test_every_secret_that_a_subscription_refers_to_is_looked_for(
    shell: Shell, field: dict[str, Any]
) -> None:
    subscribe(shell, **field)
    found = findings(shell)
    assert ("subscription default/ci", "secret ssm:/doorbell/missing: no such parameter") in found


@pytest.mark.parametrize("field", [{"secrets": [MISSING]}, {"verify_token_ref": MISSING}])
def test_every_secret_that_a_source_refers_to_is_looked_for(shell: Shell, field: dict[str, Any]) -> None:
    shell.put("Sources", **{"source_id": "fb", "provider": "meta", "secrets": [THERE], **field})
    assert ("source fb", "secret ssm:/doorbell/missing: no such parameter") in findings(shell)


def test_the_host_that_gives_out_tokens_is_looked_up_as_the_subscribers_is(shell: Shell) -> None:
    subscribe(shell, oauth={**OAUTH, "client_secret_ref": THERE, "token_url": "https://tokens.invalid/"})
    (found,) = findings(shell)
    assert found[0] == "subscription default/ci"
    assert found[1].startswith("url: dns_failed")


def keep(shell: Shell, health: Health) -> None:
    endpoints = EndpointTable(shell.target.client("dynamodb"), shell.target.table("Endpoints"))
    endpoints.write_health("default/ci", health)


def test_an_endpoint_that_fails_and_is_not_parked_yet_is_found(shell: Shell) -> None:
    subscribe(shell)
    keep(shell, Health(failures=3, failing_since=1.0))
    (found,) = findings(shell)
    assert "has had 3 failures in a row since 1970" in found[1]


def waiting(shell: Shell, monkeypatch: pytest.MonkeyPatch, count: int, dead: int = 0) -> None:
    """So many messages in the work queues and in the dead-letter queues."""

    def answer(**call: Any) -> dict[str, Any]:
        here = dead if "DeadLetter" in call["QueueUrl"] else count
        return {"Attributes": {"ApproximateNumberOfMessages": str(here)}}

    monkeypatch.setattr(shell.target.client("sqs"), "get_queue_attributes", answer)


def test_a_busy_and_healthy_stack_is_in_order(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages under way, an endpoint that was parked once, a subscription that somebody switched off, an
    alarm that has seen nothing yet."""
    subscribe(shell)
    keep(shell, Health(failures=0, parks=0, version=0, url_hash="x"))
    shell.put(
        "Subscriptions", tenant_id="default", subscription_id="off", url=URL, signing="none", enabled=False
    )
    waiting(shell, monkeypatch, BACKLOG_WORTH_A_WORD - 1)
    alarm(shell, "INSUFFICIENT_DATA")
    document = shell.json("check")
    assert (document["ok"], document["findings"]) == (True, [])


def test_a_long_backlog_is_found_and_told_apart_from_dead_letters(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting(shell, monkeypatch, BACKLOG_WORTH_A_WORD)
    assert findings(shell) == [("queue Deliveries", "10,000 messages are waiting")]
    waiting(shell, monkeypatch, 0, dead=1)
    assert {where for where, _ in findings(shell)} == {"queue DeliveriesDeadLetter", "queue EventsDeadLetter"}


def alarm(shell: Shell, state: str) -> None:
    cloudwatch = shell.target.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="depth",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        MetricName="Depth",
        Namespace="Test",
        Period=60,
        Statistic="Maximum",
        Threshold=0,
    )
    cloudwatch.set_alarm_state(AlarmName="depth", StateValue=state, StateReason="for a reason")


@pytest.mark.parametrize(("state", "problems"), [("OK", 0), ("INSUFFICIENT_DATA", 0), ("ALARM", 1)])
def test_an_alarm_is_a_finding_while_it_is_in_alarm(shell: Shell, state: str, problems: int) -> None:
    alarm(shell, state)
    assert len(findings(shell, code=problems)) == problems


BAD = Health(failures=9, failing_since=1.0, parked_until=9e9, parks=3)
NEW_URL = "https://127.0.0.1/elsewhere"


def health(shell: Shell) -> Health:
    endpoints = EndpointTable(shell.target.client("dynamodb"), shell.target.table("Endpoints"))
    return endpoints.health("default/ci")


def put(shell: Shell, field: str, value: Any) -> None:
    flag = {"url": "--url", "max_in_flight": "--max-in-flight", "description": "--description"}[field]
    shell.run("subscriptions", "put", "ci", flag, str(value))


def applied(shell: Shell, field: str, value: Any) -> None:
    lines = {"subscription_id": "ci", "url": URL, "secrets": f"[{THERE}]", "signing": "github", field: value}
    text = "subscriptions:\n  - " + "\n    ".join(f"{name}: {given}" for name, given in lines.items())
    shell.run("apply", "-f", "-", "--yes", stdin=text)


@pytest.mark.parametrize("write", [put, applied])
@pytest.mark.parametrize(
    ("field", "value", "anew"),
    [("url", NEW_URL, True), ("max_in_flight", 3, True), ("description", "another", False)],
)
def test_a_subscription_that_is_pointed_elsewhere_does_not_inherit_the_health_of_where_it_was(
    shell: Shell, write: Any, field: str, value: Any, anew: bool
) -> None:
    subscribe(shell)
    keep(shell, BAD)
    write(shell, field, value)
    assert shell.item("Subscriptions", tenant_id="default", subscription_id="ci")[field] == value
    assert (health(shell).failures, health(shell).parked_until) == ((0, None) if anew else (9, 9e9))


@pytest.mark.parametrize("write", [put, applied])
def test_one_that_doorbell_switched_off_stays_off_when_it_is_written_and_its_health_stays_on_record(
    shell: Shell, write: Any
) -> None:
    subscribe(shell, enabled=False, disabled_reason="410 Gone", disabled_at=1)
    keep(shell, BAD)
    write(shell, "url", NEW_URL)
    item = shell.item("Subscriptions", tenant_id="default", subscription_id="ci")
    assert (item["enabled"], item["disabled_reason"], item["url"]) == (False, "410 Gone", NEW_URL)
    assert health(shell).failures == 9
