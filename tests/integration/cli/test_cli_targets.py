"""Subscriptions with targets, from the shell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from doorbell_cli import target as target_module
from tests.integration.cli.conftest import Shell

HERE = "eu-central-1:123456789012"
QUEUE = f"arn:aws:sqs:{HERE}:orders"


@pytest.fixture
def open_shell(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Of a stack that has targets, for one tenant."""
    parameters = {**shell.target.parameters, "TargetArns": f"arn:aws:*:{HERE}:*", "TargetTenants": "default"}
    found = replace(shell.target, parameters=parameters)
    monkeypatch.setattr(target_module, "find_target", lambda stack: found)
    return Shell(found, shell.app)


def test_a_target_is_written_without_a_secret(open_shell: Shell) -> None:
    made = open_shell.json("subscriptions", "put", "books", "--target", QUEUE)
    assert open_shell.item("Subscriptions", tenant_id="default", subscription_id="books")["target"] == QUEUE
    assert not [name for name in made if "secret" in name]
    assert open_shell.target.client("ssm").describe_parameters()["Parameters"] == []


@pytest.mark.parametrize(
    ("name", "arn", "why"),
    [
        ("acme/books", QUEUE, "TargetTenants"),
        ("books", QUEUE.replace("eu-central-1", "eu-west-1"), "TargetArns"),
        ("books", f"arn:aws:lambda:{HERE}:function:gateway-fanout", "Doorbell itself"),
        ("books", "orders", "not an ARN"),
    ],
)
def test_what_the_stack_does_not_allow_is_refused_and_not_written(
    open_shell: Shell, name: str, arn: str, why: str
) -> None:
    assert why in open_shell.run("subscriptions", "put", name, "--target", arn, code=1).stderr
    assert open_shell.target.client("dynamodb").scan(TableName="SubscriptionsTable")["Count"] == 0


def test_a_queue_of_doorbell_s_is_refused(open_shell: Shell) -> None:
    url = open_shell.target.queue_url("Deliveries")
    asked = open_shell.target.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    arn = asked["Attributes"]["QueueArn"]
    assert "Doorbell itself" in open_shell.run("subscriptions", "put", "x", "--target", arn, code=1).stderr


def test_a_stack_without_targets_says_which_parameter_to_deploy_with(shell: Shell) -> None:
    assert "TargetArns" in shell.run("subscriptions", "put", "x", "--target", QUEUE, code=1).stderr


@pytest.mark.parametrize("service", ["sqs", "sns", "events", "lambda"])
def test_check_says_that_a_target_is_not_there_and_nothing_when_it_is(
    open_shell: Shell, service: str
) -> None:
    client = open_shell.target.client(service)
    resource = {"events": "event-bus/orders", "lambda": "function:orders"}.get(service, "orders")
    arn = f"arn:aws:{service}:{HERE}:{resource}"
    open_shell.run("subscriptions", "put", "books", "--target", arn)

    def found(code: int) -> list[str]:
        told = open_shell.json("check", code=code)["findings"]
        return [one["problem"] for one in told if one["where"] == "subscription default/books"]

    assert found(1) == [f"target: there is no {arn}"]
    if service == "lambda":  # moto makes none without a role of its own
        return
    if service == "sqs":
        client.create_queue(QueueName="orders")
    elif service == "sns":
        client.create_topic(Name="orders")
    else:
        client.create_event_bus(Name="orders")
    assert found(0) == []


def test_direct_is_for_urls(open_shell: Shell) -> None:
    open_shell.run("subscriptions", "put", "books", "--target", QUEUE)
    assert "--direct" in open_shell.run("test", "books", "--direct", code=2).stderr
