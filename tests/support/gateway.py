"""Doorbell on the local stack, as its users use it: items in tables, HTTP at the front, items to read."""

import gzip
import hashlib
import hmac
import json
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from doorbell_cli.stack import LocalStack
from tests.support.patience import HANG_SECONDS, latest

PUSH = (Path(__file__).parents[2] / "events" / "github-push.body.json").read_bytes()
GITHUB_SECRET = "It's a Secret to Everybody"
TOO_BUSY = ('"try_again"', '"Sandbox.Timedout"')
"""Ingest's own words, and MiniStack's for a function that used up its ten seconds."""
SIGNING_SECRET = "whsec_" + b64encode(b"a signing key of the tests").decode()


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: str

    @property
    def event_id(self) -> str:
        return self.headers["doorbell-event-id"]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Gateway:
    stack: LocalStack

    def put_secret(self, value: str) -> str:
        name = f"/doorbell/{uuid4().hex}"
        self.stack.client("ssm").put_parameter(Name=name, Value=value, Type="SecureString")
        return f"ssm:{name}"

    def put_source(self, **fields: Any) -> str:
        """A GitHub source unless `fields` say otherwise; its id."""
        source_id = f"s-{uuid4().hex[:12]}"
        item = {"source_id": source_id, "provider": "github", "tenant_id": f"t-{source_id}", **fields}
        if "secrets" not in item:
            item["secrets"] = [self.put_secret(GITHUB_SECRET)]
        self.put("SourcesTableName", item)
        return source_id

    def put_subscription(self, source_id: str, url: str, **fields: Any) -> str:
        """A subscription of the source's tenant; its id."""
        subscription_id = f"sub-{uuid4().hex[:12]}"
        item = {"tenant_id": f"t-{source_id}", "subscription_id": subscription_id, "url": url, **fields}
        if "secrets" not in item:
            item["secrets"] = [self.put_secret(SIGNING_SECRET)]
        self.put("SubscriptionsTableName", item)
        return subscription_id

    def put_subscription_of_a_new_tenant(self, url: str, **fields: Any) -> str:
        """For what is published; the tenant's id, which is the subscription's too."""
        name = f"t-{uuid4().hex[:12]}"
        self.put_subscription("", url, tenant_id=name, subscription_id=name, **fields)
        return name

    def put(self, table: str, item: dict[str, Any]) -> None:
        serialize = TypeSerializer().serialize
        self.stack.client("dynamodb").put_item(
            TableName=self.stack.outputs[table], Item={name: serialize(value) for name, value in item.items()}
        )

    def update(self, table: str, key: dict[str, str], **values: Any) -> None:
        serialize = TypeSerializer().serialize
        self.stack.client("dynamodb").update_item(
            TableName=self.stack.outputs[table],
            Key={name: serialize(value) for name, value in key.items()},
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in values),
            ExpressionAttributeNames={f"#{name}": name for name in values},
            ExpressionAttributeValues={f":{name}": serialize(value) for name, value in values.items()},
        )

    def delete(self, table: str, key: dict[str, str]) -> None:
        values = {name: {"S": value} for name, value in key.items()}
        self.stack.client("dynamodb").delete_item(TableName=self.stack.outputs[table], Key=values)

    def subscription(self, source_id: str, subscription_id: str) -> dict[str, Any]:
        """The item as it is now."""
        key = {"tenant_id": {"S": f"t-{source_id}"}, "subscription_id": {"S": subscription_id}}
        table = self.stack.outputs["SubscriptionsTableName"]
        answer = self.stack.client("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True)
        read = TypeDeserializer().deserialize
        return {name: read(value) for name, value in answer["Item"].items()}

    def ring(self, source_id: str, body: bytes = PUSH, headers: dict[str, str] | None = None) -> Answer:
        """Exactly these headers, beside the content type."""
        return self.http("POST", f"/in/{source_id}", body, headers)

    def push(self, source_id: str, body: bytes = PUSH, delivery: str | None = None) -> Answer:
        """As GitHub does, signed with the tests' secret."""
        return self.ring(source_id, body, github_headers(body, delivery=delivery))

    def signed(self, method: str, path: str, data: object = None, **more: str) -> Answer:
        """With SigV4, as whoever may call the IAM-protected routes; `data` as JSON, `more` headers."""
        body = b"" if data is None else json.dumps(data).encode()
        headers = {"content-type": "application/json", **more}
        request = AWSRequest(method, self.stack.api_url + path, headers=headers, data=body)
        keys = self.stack.environ
        credentials = Credentials(keys["AWS_ACCESS_KEY_ID"], keys["AWS_SECRET_ACCESS_KEY"])
        SigV4Auth(credentials, "execute-api", keys["AWS_REGION"]).add_auth(request)
        return self.http(method, path, body, dict(request.headers))

    def http(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        """Again, as any provider would, where it is asked to: the local AWS may be too busy to answer."""
        sent = {"content-type": "application/json", **(headers or {})}
        request = urllib.request.Request(self.stack.api_url + path, data=body, headers=sent, method=method)
        deadline = latest(0)
        while True:
            answer = _asked(request)
            too_busy = answer.status >= 502 and any(word in answer.body for word in TOO_BUSY)
            if not too_busy or monotonic() > deadline:
                return answer
            sleep(1)

    def items(self, event_id: str) -> list[dict[str, Any]]:
        """Everything on record under an event."""
        answer = self.stack.client("dynamodb").query(
            TableName=self.stack.outputs["EventsTableName"],
            KeyConditionExpression="event_id = :id",
            ExpressionAttributeValues={":id": {"S": event_id}},
            ConsistentRead=True,
        )
        read = TypeDeserializer().deserialize
        return [{name: read(value) for name, value in item.items()} for item in answer["Items"]]

    def deliveries(self, event_id: str) -> dict[str, dict[str, Any]]:
        """The event's deliveries by what follows `delivery#` in their sort key."""
        items = self.items(event_id)
        prefix = "delivery#"
        return {item["sk"].removeprefix(prefix): item for item in items if item["sk"].startswith(prefix)}

    def wait_until_ended(self, event_id: str, count: int, seconds: float) -> dict[str, dict[str, Any]]:
        """The deliveries once there are `count` and all have ended. `AssertionError` after `seconds`."""
        deadline = latest(seconds)
        while True:
            found = self.deliveries(event_id)
            if len(found) >= count and all(item["state"] != "pending" for item in found.values()):
                return found
            assert monotonic() < deadline, f"after {seconds} s: {found}"
            sleep(0.1)

    def wait_for_attempts(
        self, event_id: str, subscription_id: str, count: int, seconds: float
    ) -> dict[str, Any]:
        """The delivery as soon as `count` attempts are on record."""
        deadline = latest(seconds)
        while True:
            delivery = self.deliveries(event_id).get(subscription_id)
            if delivery is not None and len(delivery["attempts"]) >= count:
                return delivery
            assert monotonic() < deadline, f"after {seconds} s: {delivery}"
            sleep(0.05)

    @contextmanager
    def paused(self, function: str) -> Iterator[None]:
        """Messages for `function` wait in its queue."""
        functions = self.stack.client("lambda")
        name = self.stack.function_name(function)
        (mapping,) = functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        try:
            yield
        finally:
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)

    @contextmanager
    def one_batch_at_a_time(self, function: str) -> Iterator[None]:
        """What is first in its queue is done first: two environments side by side overtake each other."""
        functions, name = self.stack.client("lambda"), self.stack.function_name(function)
        functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)
        try:
            yield
        finally:
            functions.delete_function_concurrency(FunctionName=name)

    def wait_until(self, holds: Callable[[], bool], seconds: float) -> None:
        deadline = latest(seconds)
        while not holds():
            assert monotonic() < deadline, f"not after {seconds} s"
            sleep(0.1)

    def sweep(self) -> None:
        """A tick of the clock, now."""
        answer = self.stack.client("lambda").invoke(FunctionName=self.stack.function_name("sweeper"))
        assert "FunctionError" not in answer, answer["Payload"].read()

    @contextmanager
    def without_ticks(self) -> Iterator[None]:
        """Nobody sweeps but whoever asks for it."""
        scheduler = self.stack.client("scheduler")
        there = [scheduler.get_schedule(Name=one["Name"]) for one in scheduler.list_schedules()["Schedules"]]
        sweeper = self.stack.function_name("sweeper")
        (kept,) = [one for one in there if one["Target"]["Arn"].endswith(f":{sweeper}")]
        same = {part: kept[part] for part in ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target")}
        scheduler.update_schedule(**same, State="DISABLED")
        try:
            yield
        finally:
            scheduler.update_schedule(**same, State="ENABLED")

    def own_events(self, kind: str) -> list[dict[str, Any]]:
        """The bodies of Doorbell's own events of a kind that are on record."""
        pages = self.stack.client("dynamodb").get_paginator("scan")
        found = []
        for page in pages.paginate(TableName=self.stack.outputs["EventsTableName"]):
            for item in page["Items"]:
                if item["sk"]["S"] == "event" and (item["source_id"]["S"], item["event_type"]["S"]) == (
                    "doorbell",
                    kind,
                ):
                    found.append(json.loads(gzip.decompress(bytes(item["body"]["B"]))))
        return found

    def wait_until_fanned_out(self, seconds: float) -> None:
        """Until every event that was accepted so far has become deliveries."""
        deadline = latest(seconds)
        while depth := self.queue_depths()["EventsQueueUrl"]:
            assert monotonic() < deadline, f"after {seconds} s: {depth} messages"
            sleep(0.1)

    def events_with(self, attribute: str, value: str) -> list[str]:
        """Ids of the events on record with this value: other tests' come and go, and are no matter."""
        pages = self.stack.client("dynamodb").get_paginator("scan")
        return [
            item["event_id"]["S"]
            for page in pages.paginate(TableName=self.stack.outputs["EventsTableName"])
            for item in page["Items"]
            if item["sk"]["S"] == "event" and item.get(attribute, {}).get("S") == value
        ]

    def queue_depths(self) -> dict[str, int]:
        """Messages in every queue, visible, in flight or delayed, by output name."""
        sqs = self.stack.client("sqs")
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        names.append("ApproximateNumberOfMessagesDelayed")
        depths = {}
        for output, url in self.stack.outputs.items():
            if output.endswith("QueueUrl"):
                values = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
                depths[output] = sum(int(values[name]) for name in names)
        return depths


def github_headers(
    body: bytes, secret: str = GITHUB_SECRET, event: str = "push", delivery: str | None = None
) -> dict[str, str]:
    return {
        "x-github-event": event,
        "x-github-delivery": delivery or str(uuid4()),
        "x-hub-signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
    }


def _asked(request: urllib.request.Request) -> Answer:
    try:
        with urllib.request.urlopen(request, timeout=HANG_SECONDS) as response:
            return _answer(response.status, response)
    except urllib.error.HTTPError as error:
        return _answer(error.code, error)


def _answer(status: int, response: Any) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(status, headers, response.read().decode(errors="replace"))
