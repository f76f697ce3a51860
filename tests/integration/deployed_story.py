"""What a story through the functions as they are deployed is told with."""

import json
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from doorbell.domain.listening import AWAY_SECONDS, Listener
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.health.listener_signs import ListenerSigns
from tests.integration.as_deployed import LISTENER, TARGET_ROLE, TARGETS, Deployment
from tests.template.rendering import ACCOUNT, REGION

TENANT = "acme"
SIGNING = "ssm:/doorbell/signing"


@dataclass
class Story:
    """`came[part]`: what a handler answered."""

    deployment: Deployment
    came: dict[str, Any] = field(default_factory=dict)

    def tell(self, part: str, function: str, event: dict[str, Any], *more: Any) -> Any:
        with self.deployment.function(function) as handler:
            self.came[part] = handler(event, *more)
        return self.came[part]

    def client(self, service: str) -> Any:
        return self.deployment.clients(service)

    def put(self, table: str, **values: Any) -> None:
        self.client("dynamodb").put_item(TableName=table, Item=marshal(values))

    def source(self, source_id: str, provider: str = "github", **fields: Any) -> None:
        self.put("SourcesTable", source_id=source_id, provider=provider, tenant_id=TENANT, **fields)

    def subscribe(self, subscription_id: str, tenant: str = TENANT, **fields: Any) -> None:
        given = {"url": f"https://{subscription_id}.example.com/hook", "secrets": [SIGNING]}
        key = {"tenant_id": tenant, "subscription_id": subscription_id}
        self.put("SubscriptionsTable", **{**key, **given, **fields})

    def target(self, *names: str) -> None:
        """Subscriptions to targets, all of which are there but the functions."""
        self.client("sqs").create_queue(QueueName="orders.fifo", Attributes={"FifoQueue": "true"})
        self.client("sns").create_topic(Name="orders")
        self.client("events").create_event_bus(Name="orders")
        self.client("sqs").create_queue(QueueName="theirs")
        self._more_places()
        for name in names:
            key = {"tenant_id": TENANT, "subscription_id": name}
            more = {
                "to-function-sync": {"invoke": "sync"},
                "by-role": {"role_arn": TARGET_ROLE},
                "to-queue": {"large": "s3-link"},
            }
            self.put("SubscriptionsTable", **key, target=TARGETS[name], **more.get(name, {}))

    def _more_places(self) -> None:
        role = f"arn:aws:iam::{ACCOUNT}:role/orders"
        machine = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
        self.client("stepfunctions").create_state_machine(
            name="orders", definition=json.dumps(machine), roleArn=role
        )
        self.client("kinesis").create_stream(StreamName="orders", ShardCount=1)
        place = {"LocationConstraint": REGION}
        self.client("s3").create_bucket(Bucket="orders", CreateBucketConfiguration=place)
        self.client("firehose").create_delivery_stream(
            DeliveryStreamName="orders",
            S3DestinationConfiguration={"RoleARN": role, "BucketARN": "arn:aws:s3:::orders"},
        )

    def listener(self) -> None:
        """Somebody's machine, with its queue, its subscription and the note that it is there."""
        url = self.client("sqs").create_queue(QueueName=LISTENER)["QueueUrl"]
        self.came["listener"] = url, f"arn:aws:sqs:{REGION}:{ACCOUNT}:{LISTENER}"
        key = {"tenant_id": TENANT, "subscription_id": "laptop"}
        self.put("SubscriptionsTable", **key, target=self.came["listener"][1])
        self.listener_seen(time.time() + AWAY_SECONDS)

    def listener_seen(self, until: float) -> None:
        url, arn = self.came["listener"]
        signs = ListenerSigns(self.client("dynamodb"), "EndpointsTable")
        signs.seen(Listener(TENANT, "laptop", arn, url, until))

    def listening(self) -> tuple[bool, bool, bool]:
        """Whether there are its subscription, its queue, and the note."""
        key = marshal({"tenant_id": TENANT, "subscription_id": "laptop"})
        noted = marshal({"subscription_id": f"!listen/{TENANT}/laptop"})
        get, queues = self.client("dynamodb").get_item, self.client("sqs").list_queues
        return (
            "Item" in get(TableName="SubscriptionsTable", Key=key),
            bool(queues(QueueNamePrefix=LISTENER).get("QueueUrls")),
            "Item" in get(TableName="EndpointsTable", Key=noted),
        )

    def encrypt(self, secret: str, **owner: str) -> str:
        """A `kms:` reference for the item with the key `owner`."""
        kms = self.client("kms")
        if "key" not in self.came:
            self.came["key"] = kms.create_key()["KeyMetadata"]["KeyId"]
        answer = kms.encrypt(KeyId=self.came["key"], Plaintext=secret.encode(), EncryptionContext=owner)
        return "kms:" + b64encode(answer["CiphertextBlob"]).decode()

    def take(self, queue: str, receives: int = 1) -> dict[str, Any]:
        """All messages of a queue, as Lambda hands them over."""
        sqs, records = self.client("sqs"), list[dict[str, Any]]()
        url = self.deployment.here.outputs[f"{queue}Url"]
        while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                record = {"messageId": message["MessageId"], "body": message["Body"]}
                records.append({**record, "attributes": {"ApproximateReceiveCount": str(receives)}})
        return {"Records": records}

    def items(self, **at: str) -> list[dict[str, Any]]:
        """Everything in the events table that has these attributes."""
        found = self.client("dynamodb").scan(TableName="EventsTable")["Items"]
        return [one for one in found if all(one.get(name) == {"S": value} for name, value in at.items())]

    def age(self, item: dict[str, Any], **values: float) -> None:
        """Set times of an item on record."""
        sets = ", ".join(f"{name} = :{name}" for name in values)
        self.client("dynamodb").update_item(
            TableName="EventsTable",
            Key={name: item[name] for name in ("event_id", "sk")},
            UpdateExpression=f"SET {sets}",
            ExpressionAttributeValues=marshal({f":{name}": value for name, value in values.items()}),
        )

    @contextmanager
    def due_together(self, count: int) -> Iterator[None]:
        """Deliveries in one shard, of events that nobody knows."""
        keys = [{"event_id": f"evt_together_{number}", "sk": "delivery#plain"} for number in range(count)]
        plan = {"state": "pending", "due_shard": "00", "due_at": time.time() - 5, "attempts_made": 0}
        for key in keys:
            self.put("EventsTable", **key, tenant_id=TENANT, subscription_id=f"{TENANT}/plain", **plan)
        yield
        for key in keys:
            self.client("dynamodb").delete_item(TableName="EventsTable", Key=marshal(key))

    def make_due(self, most: int = 1000) -> int:
        """Of pending deliveries; how many they are."""
        waiting = [item for item in self.items(state="pending") if "due_at" in item][:most]
        for item in waiting:
            self.age(item, due_at=time.time() - 5, next_attempt_at=time.time() - 5)
        return len(waiting)
