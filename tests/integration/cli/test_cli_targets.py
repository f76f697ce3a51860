"""Subscriptions with targets, from the shell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from doorbell_cli import target as target_module
from tests.integration.cli.conftest import Shell

HERE = "eu-central-1:123456789012"
QUEUE = f"arn:aws:sqs:{HERE}:orders"


ROLE = "arn:aws:iam::210987654321:role/doorbell-acme"
TARGETS = {
    "TargetArns": f"arn:aws:*:{HERE}:*,arn:aws:sqs:eu-north-1:*,arn:aws:s3:::*",
    "TargetTenants": "default",
    "TargetRoleArns": "arn:aws:iam::210987654321:role/doorbell-*",
}


@pytest.fixture
def open_shell(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Of a stack that has targets, for one tenant."""
    parameters = {**shell.target.parameters, **TARGETS}
    outputs = {**shell.target.outputs, "BodiesBucketName": "gateway-bodies"}
    found = replace(shell.target, parameters=parameters, outputs=outputs)
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


def test_doorbell_s_own_bucket_is_refused(open_shell: Shell) -> None:
    for arn in ("arn:aws:s3:::gateway-bodies/", "arn:aws:s3:::gateway-bodies/acme/"):
        refused = open_shell.run("subscriptions", "put", "x", "--target", arn, code=1)
        assert "Doorbell itself" in refused.stderr


def test_a_stack_without_targets_says_which_parameter_to_deploy_with(shell: Shell) -> None:
    assert "TargetArns" in shell.run("subscriptions", "put", "x", "--target", QUEUE, code=1).stderr


SERVICES_OF = {"sqs": "sqs", "sns": "sns", "events": "events", "lambda": "lambda", "states": "stepfunctions"}
SERVICES_OF |= {"kinesis": "kinesis", "firehose": "firehose", "s3": "s3"}
RESOURCES = {
    "events": "event-bus/orders", "lambda": "function:orders", "states": "stateMachine:orders",
    "kinesis": "stream/orders", "firehose": "deliverystream/orders",
}  # fmt: skip


@pytest.mark.parametrize("service", SERVICES_OF)
def test_check_says_that_a_target_is_not_there_and_nothing_when_it_is(
    open_shell: Shell, service: str
) -> None:
    client = open_shell.target.client(SERVICES_OF[service])
    arn = f"arn:aws:{service}:{HERE}:{RESOURCES.get(service, 'orders')}"
    if service == "s3":
        arn = "arn:aws:s3:::orders-of-the-shop/in/"
    open_shell.run("subscriptions", "put", "books", "--target", arn)

    def found(code: int) -> list[str]:
        told = open_shell.json("check", code=code)["findings"]
        return [one["problem"] for one in told if one["where"] == "subscription default/books"]

    assert found(1) == [f"target: there is no {arn}"]
    if service in ("lambda", "states", "firehose"):  # moto makes none without roles and more
        return
    if service == "sqs":
        client.create_queue(QueueName="orders")
    elif service == "sns":
        client.create_topic(Name="orders")
    elif service == "events":
        client.create_event_bus(Name="orders")
    elif service == "kinesis":
        client.create_stream(StreamName="orders", ShardCount=1)
    else:
        place = {"LocationConstraint": "eu-central-1"}
        client.create_bucket(Bucket="orders-of-the-shop", CreateBucketConfiguration=place)
    assert found(0) == []


def test_check_looks_in_the_target_s_own_region(open_shell: Shell) -> None:
    there = open_shell.target.session.client("sqs", "eu-north-1")
    arn = QUEUE.replace("eu-central-1", "eu-north-1")
    open_shell.target.client("sqs").create_queue(QueueName="orders")
    open_shell.run("subscriptions", "put", "books", "--target", arn)
    assert f"there is no {arn}" in open_shell.run("check", code=1).stdout
    there.create_queue(QueueName="orders")
    assert arn not in open_shell.run("check", code=0).stdout


def test_a_bus_that_is_not_there_is_found_before_anything_is_sent_since_nobody_else_says_so(
    open_shell: Shell,
) -> None:
    """EventBridge itself takes the entry: https://github.com/aws/aws-sdk/issues/186"""
    arn = f"arn:aws:events:{HERE}:event-bus/orders"
    open_shell.run("subscriptions", "put", "books", "--target", arn)
    assert "it is lost" in open_shell.run("check", code=1).stdout
    refused = open_shell.run("test", "books", code=1).stderr
    assert f"Nothing was sent: There is no {arn}" in refused
    assert open_shell.target.client("dynamodb").scan(TableName="EventsTable")["Count"] == 0


def test_direct_is_for_urls(open_shell: Shell) -> None:
    open_shell.run("subscriptions", "put", "books", "--target", QUEUE)
    assert "--direct" in open_shell.run("test", "books", "--direct", code=2).stderr


def test_what_belongs_to_a_kind_of_target_is_written(open_shell: Shell) -> None:
    function = f"arn:aws:lambda:{HERE}:function:books"
    open_shell.run("subscriptions", "put", "a", "--target", function, "--invoke", "sync", "--timeout", "20")
    bucket = ("--target", "arn:aws:s3:::a-bucket/shop/", "--target-key", "{type}/{id}.json")
    open_shell.run("subscriptions", "put", "b", *bucket)
    open_shell.run("subscriptions", "put", "c", "--target", QUEUE, "--large", "s3-link")
    open_shell.run("subscriptions", "put", "c", "--description", "the books")
    found = [open_shell.item("Subscriptions", tenant_id="default", subscription_id=one) for one in "abc"]
    assert (found[0]["invoke"], found[0]["timeout_seconds"]) == ("sync", 20)
    assert found[1]["target_key"] == "{type}/{id}.json"
    assert (found[2]["large"], found[2]["description"]) == ("s3-link", "the books")


def test_a_pointer_is_for_targets_alone(open_shell: Shell) -> None:
    url = ("--url", "https://books.example.com/hook")
    refused = open_shell.run("subscriptions", "put", "d", *url, "--large", "s3-link", code=1)
    assert "large: is for a target" in refused.stderr


def test_another_tenant_sends_with_a_role_that_the_stack_names(open_shell: Shell) -> None:
    open_shell.run("subscriptions", "put", "acme/books", "--target", QUEUE, "--role", ROLE)
    item = open_shell.item("Subscriptions", tenant_id="acme", subscription_id="books")
    assert (item["target"], item["role_arn"]) == (QUEUE, ROLE)
    other = ROLE.replace("doorbell", "admin")
    refused = open_shell.run("subscriptions", "put", "acme/b", "--target", QUEUE, "--role", other, code=1)
    assert "TargetRoleArns" in refused.stderr
    assert any(ROLE in str(note) for note in open_shell.json("check")["notes"])
