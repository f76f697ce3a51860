"""Subscriptions whose target is a state machine, a stream, a bucket or a function whose answer counts, and
those with a role of their own, with IAM enforced.

MiniStack has all of them, trust policies with external ids too. It holds no size limits and throttles nobody:
what is put on record then is in tests/unit/targets, which holds each request against botocore's model.
"""

import json
from typing import Any
from uuid import uuid4

import pytest

from doorbell_cli.commands.configuration.trust import trust_of
from tests.e2e.test_roles import zipped
from tests.e2e.test_targets import SECONDS, TENANT, delivered, name, queue, subscribed, told
from tests.support.gateway import PUSH, Gateway
from tests.support.stack import target_of

pytestmark = pytest.mark.e2e

ANSWERS = """
def handler(event, context):
    if event["headers"]["doorbell-attempt"] == "1":
        raise KeyError("not yet")
    return {"statusCode": 201, "body": "taken"}
"""


@pytest.fixture(scope="module")
def source(gateway: Gateway) -> str:
    return gateway.put_source(tenant_id=TENANT)


def role(gateway: Gateway, trust: Any, **may: Any) -> str:
    called, iam = name(), gateway.stack.client("iam")
    made = iam.create_role(RoleName=called, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **may}]}
    iam.put_role_policy(RoleName=called, PolicyName="may", PolicyDocument=json.dumps(document))
    return str(made)


def of_service(service: str) -> dict[str, Any]:
    trusts = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [trusts]}


def test_a_state_machine_runs_once_for_a_delivery_that_is_sent_twice(gateway: Gateway, source: str) -> None:
    states = gateway.stack.client("stepfunctions")
    machine = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    arn = states.create_state_machine(
        name=name(),
        definition=json.dumps(machine),
        roleArn=role(gateway, of_service("states.amazonaws.com"), Action="logs:*", Resource="*"),
    )["stateMachineArn"]
    with subscribed(gateway, source, arn) as subscription_id:
        event_id, delivery = delivered(gateway, source, subscription_id)
        assert delivery["state"] == "delivered", delivery["attempts"]
        (execution,) = states.list_executions(stateMachineArn=arn)["executions"]
        assert execution["name"].startswith(f"{event_id}-")
        found = states.describe_execution(executionArn=execution["executionArn"])
        assert json.loads(found["input"]) == json.loads(PUSH)
        gateway.wait_until(lambda: _ended(states, execution["executionArn"]), SECONDS)
        answer = gateway.signed("POST", f"/admin/events/{event_id}/deliveries/{subscription_id}/replay")
        assert answer.status < 300, answer.body
        again = f"{subscription_id}#0001"
        gateway.wait_until(
            lambda: gateway.deliveries(event_id).get(again, {}).get("state") == "delivered", SECONDS
        )
        assert len(states.list_executions(stateMachineArn=arn)["executions"]) == 1


def _ended(states: Any, execution: str) -> bool:
    return bool(states.describe_execution(executionArn=execution)["status"] != "RUNNING")


def test_a_bucket_and_streams_get_the_bytes(gateway: Gateway, source: str) -> None:
    client, called = gateway.stack.client, name()
    client("s3").create_bucket(Bucket=called)
    client("kinesis").create_stream(StreamName=called, ShardCount=1)
    stream = client("kinesis").describe_stream_summary(StreamName=called)["StreamDescriptionSummary"][
        "StreamARN"
    ]
    writes = role(gateway, of_service("firehose.amazonaws.com"), Action="s3:*", Resource="*")
    to = {"RoleARN": writes, "BucketARN": f"arn:aws:s3:::{called}", "Prefix": "by-firehose/"}
    firehose = client("firehose").create_delivery_stream(
        DeliveryStreamName=called, ExtendedS3DestinationConfiguration=to
    )["DeliveryStreamARN"]
    prefix = f"arn:aws:s3:::{called}/shop/"
    key = {"target_key": "{type}/{body.repository.name}/{id}.json"}
    with (
        subscribed(gateway, source, prefix, **key) as to_bucket,
        subscribed(gateway, source, stream) as to_stream,
        subscribed(gateway, source, firehose) as to_firehose,
    ):
        ids = {one: delivered(gateway, source, one) for one in (to_bucket, to_stream, to_firehose)}
    states = {one: delivery["state"] for one, (_, delivery) in ids.items()}
    assert set(states.values()) == {"delivered"}, [delivery["attempts"] for _, delivery in ids.values()]
    found = client("s3").list_objects_v2(Bucket=called)["Contents"]
    (written,) = [one["Key"] for one in found if one["Key"].endswith(f"{ids[to_bucket][0]}.json")]
    assert written.startswith("shop/push/")
    thing = client("s3").get_object(Bucket=called, Key=written)
    assert thing["Body"].read() == PUSH
    assert thing["ContentType"] == "application/json"
    assert thing["Metadata"]["webhook-id"] == ids[to_bucket][0]
    assert any(one["Key"].startswith("by-firehose/") for one in found)
    shard = client("kinesis").list_shards(StreamARN=stream)["Shards"][0]["ShardId"]
    at = client("kinesis").get_shard_iterator(
        StreamARN=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    records = client("kinesis").get_records(ShardIterator=at)["Records"]
    assert [one["Data"] for one in records if one["PartitionKey"] == ids[to_stream][0]] == [PUSH]


def test_what_a_function_answers_is_the_outcome(gateway: Gateway, source: str) -> None:
    made = gateway.stack.client("lambda").create_function(
        FunctionName=name(),
        Runtime="python3.13",
        Handler="answers.handler",
        Role=role(gateway, of_service("lambda.amazonaws.com"), Action="logs:*", Resource="*"),
        Timeout=60,
        Code={"ZipFile": zipped("answers.py", ANSWERS)},
    )
    fields: dict[str, Any] = {"invoke": "sync", "timeout_seconds": 30, "retry": {"schedule": [0, 2, 2, 2]}}
    with subscribed(gateway, source, made["FunctionArn"], **fields) as subscription_id:
        event_id, delivery = delivered(gateway, source, subscription_id)
        first = delivery["attempts"][0]
        assert first["status"] == 500
        assert first["detail"].startswith("the function failed: ")
        assert first["detail"].endswith(": 'not yet'"), "MiniStack has its own name for the error's type"
        gateway.wait_until(
            lambda: gateway.deliveries(event_id)[subscription_id]["state"] == "delivered", SECONDS
        )
        last = gateway.deliveries(event_id)[subscription_id]
        assert last["attempts"][-1]["status"] == 201
        assert told(last)["answer"] == "taken"


def test_a_tenant_sends_with_a_role_that_trusts_its_subscription_and_no_other_can_use_it(
    gateway: Gateway,
) -> None:
    """The policy is what `doorbell subscriptions trust-policy` shows. The tenant may have no targets of the
    stack's own."""
    tenant, other, place = f"t-{uuid4().hex[:8]}", f"u-{uuid4().hex[:8]}", queue(gateway)
    sources = {one: gateway.put_source(tenant_id=one) for one in (tenant, other)}
    key = {"tenant_id": tenant, "subscription_id": "mine"}
    theirs = role(
        gateway,
        trust_of(target_of(gateway.stack), **key),
        Action="sqs:SendMessage",
        Resource=place.arn,
    )
    fields: dict[str, Any] = {"target": place.arn, "role_arn": theirs, "retry": {"schedule": [0, 600]}}
    path = f"/admin/tenants/{tenant}/subscriptions/mine"
    answer = gateway.signed("PUT", path, {"target": place.arn, "role_arn": theirs})
    assert answer.status < 300, answer.body
    gateway.put("SubscriptionsTableName", {**key, **fields, "sources": [sources[tenant]]})
    _, delivery = delivered(gateway, sources[tenant], "mine")
    assert delivery["state"] == "delivered", delivery["attempts"]
    assert place.take(1, gateway)[0]["Body"].encode() == PUSH
    taken: dict[str, Any] = {
        "tenant_id": other,
        "subscription_id": "mine",
        **fields,
        "sources": [sources[other]],
    }
    gateway.put("SubscriptionsTableName", taken)
    _, refused = delivered(gateway, sources[other], "mine")
    attempt = refused["attempts"][0]
    assert attempt["status"] == 403
    assert f"doorbell/{target_of(gateway.stack).name}/{other}/mine" in attempt["detail"]
    assert place.sqs.receive_message(QueueUrl=place.url).get("Messages", []) == []
    gateway.delete("SubscriptionsTableName", key)
    gateway.delete("SubscriptionsTableName", {**key, "tenant_id": other})


def test_a_role_that_the_stack_does_not_name_and_doorbell_s_own_bucket_are_refused(gateway: Gateway) -> None:
    path = f"/admin/tenants/{TENANT}/subscriptions/own"
    bucket = gateway.stack.outputs["BodiesBucketName"]
    refused = gateway.signed("PUT", path, {"target": f"arn:aws:s3:::{bucket}/"})
    assert refused.status == 422, refused.body
    assert "Doorbell itself" in refused.body
    admin = "arn:aws:iam::000000000000:role/admin"
    target = f"arn:aws:sqs:us-east-1:000000000000:{name()}"
    refused = gateway.signed("PUT", path, {"target": target, "role_arn": admin})
    assert refused.status == 422, refused.body
    assert "TargetRoleArns" in refused.body
