"""What is too large for a target, on the local stack with IAM enforced: a push of 2 MB to a queue.

MiniStack holds no size limits. Doorbell holds SQS's own, so what is sent here is what AWS would be sent.
"""

import json
from hashlib import sha256
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from doorbell.domain.large import key_of, prefix_of
from tests.e2e.test_targets import SECONDS, TENANT, delivered, name, queue, subscribed, told
from tests.support.gateway import PUSH, Gateway

pytestmark = pytest.mark.e2e

LARGE_PUSH = json.dumps({**json.loads(PUSH), "pad": "ü" * 1_000_000}, ensure_ascii=False).encode()
"""Two million bytes, and more in characters than a queue takes in bytes."""


@pytest.fixture(scope="module")
def source(gateway: Gateway) -> str:
    return gateway.put_source(tenant_id=TENANT)


def pushed(gateway: Gateway, source: str, subscription_id: str) -> tuple[str, dict[str, Any]]:
    """A small push, and then a large one; of this its delivery with an attempt on record."""
    delivered(gateway, source, subscription_id)
    return delivered(gateway, source, subscription_id, LARGE_PUSH)


def consumer(gateway: Gateway, subscription_id: str) -> Any:
    """An S3 client of somebody who has the statement that docs/configure.md gives, and nothing else."""
    bucket, called = gateway.stack.outputs["BodiesBucketName"], name()
    below = f"arn:aws:s3:::{bucket}/{prefix_of(TENANT)}{subscription_id}/*"
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": below}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam = gateway.stack.client("iam")
    iam.create_user(UserName=called)
    iam.put_user_policy(UserName=called, PolicyName="reads", PolicyDocument=document)
    keys = iam.create_access_key(UserName=called)["AccessKey"]
    session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], region_name="us-east-1")
    return session.client("s3", endpoint_url=gateway.stack.endpoint_url)


def test_a_push_of_2_mb_comes_as_a_pointer_whose_reader_gets_the_same_bytes_and_nobody_else_s(
    gateway: Gateway, source: str
) -> None:
    place = queue(gateway)
    with subscribed(gateway, source, place.arn, large="s3-link") as subscription_id:
        event_id, delivery = pushed(gateway, source, subscription_id)
        assert delivery["state"] == "delivered", delivery["attempts"]
        messages = {
            one["MessageAttributes"]["webhook-id"]["StringValue"]: one for one in place.take(2, gateway)
        }
    attributes = {key: one["StringValue"] for key, one in messages[event_id]["MessageAttributes"].items()}
    named, where = json.loads(messages[event_id]["Body"])
    assert named == "software.amazon.payloadoffloading.PayloadS3Pointer"
    assert where["s3Key"] == told(delivery)["object"]
    assert attributes["ExtendedPayloadSize"] == str(len(LARGE_PUSH))
    assert attributes["doorbell-body-sha256"] == sha256(LARGE_PUSH).hexdigest()
    reader = consumer(gateway, subscription_id)
    found = reader.get_object(Bucket=where["s3BucketName"], Key=where["s3Key"])
    assert found["Body"].read() == LARGE_PUSH
    others = key_of(TENANT, "another", event_id, sha256(LARGE_PUSH).hexdigest())
    with pytest.raises(ClientError, match="AccessDenied"):
        reader.get_object(Bucket=where["s3BucketName"], Key=others)


def test_a_delivery_that_is_sent_again_writes_no_second_object(gateway: Gateway, source: str) -> None:
    """As after a worker that died between the object and the record of what came of it. A replay does so."""
    place = queue(gateway)
    with subscribed(gateway, source, place.arn, large="s3-link") as subscription_id:
        event_id, _ = pushed(gateway, source, subscription_id)
        path = f"/admin/events/{event_id}/deliveries/{subscription_id}/replay"
        assert gateway.signed("POST", path).status < 300
        again = f"{subscription_id}#0001"
        gateway.wait_until(
            lambda: gateway.deliveries(event_id).get(again, {}).get("state") == "delivered", SECONDS
        )
        bodies = {one["Body"] for one in place.take(3, gateway) if "PayloadS3Pointer" in one["Body"]}
    assert len(bodies) == 1
    s3, bucket = gateway.stack.client("s3"), gateway.stack.outputs["BodiesBucketName"]
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=f"{prefix_of(TENANT)}{subscription_id}/")
    assert len(listed["Contents"]) == 1


def test_without_it_the_delivery_fails_and_says_the_limit_and_what_helps(
    gateway: Gateway, source: str
) -> None:
    place = queue(gateway)
    with subscribed(gateway, source, place.arn, retry={"schedule": [0, 600]}) as subscription_id:
        _, delivery = pushed(gateway, source, subscription_id)
        attempt = delivery["attempts"][0]
        assert (delivery["state"], attempt["status"]) == ("pending", 413)
        assert "1048576" in attempt["detail"]
        assert "`large: s3-link`" in attempt["detail"]


def test_it_is_refused_on_a_url(gateway: Gateway) -> None:
    item = {"url": "https://books.example.com/hook", "signing": "none", "large": "s3-link"}
    refused = gateway.signed("PUT", f"/admin/tenants/{TENANT}/subscriptions/by-url", item)
    assert refused.status == 422, refused.body
    assert "large" in refused.body
