"""`doorbell cost` prices what is counted here: the functions' own code over moto, metered at boto3's clients.

DOORBELL_WRITE_CALLS=1 writes what was counted into the file that the command reads; without it the file must
say the same.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import boto3
import moto
import pytest

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.events import BodyAt
from doorbell.domain.outbound import OutboundRequest, Outcome, Wire
from doorbell.domain.records import StoredEvent
from doorbell.queues.envelopes import DeliveryEnvelope, EventEnvelope
from doorbell.queues.events import EventsQueueWriter
from doorbell.runtime import dispatching, fanning_out, in_flight, rolling_up, sweeping, together, wiring
from doorbell.store.configuration.source_pauses import SourcePauseTable
from doorbell.store.configuration.subscriptions import SubscriptionTable
from doorbell.store.dynamodb.tables import marshal
from doorbell.usecases.prepare import KeptEvents
from doorbell_cli.ops.bill import bill, replay_cost
from doorbell_cli.ops.counted import CALLS_FILE, Load
from tests.integration.ops.meter import Meter
from tests.support.builders import TENANT, a_verified_event
from tests.support.patience import HANG_SECONDS
from tests.support.template import create_table

EVENTS, FANOUT = 10, 3
ANSWERED = (("content-type", "text/html"), ("date", "Mon, 23 Nov 2026 08:14:02 GMT"), ("server", "nginx"))
"""The headers of an answer of 500."""


class Answers:
    """A subscriber: each request gets the next status."""

    def __init__(self) -> None:
        self.status = 204

    def send(self, request: OutboundRequest) -> Outcome:
        failed = self.status >= 300
        return Outcome(
            status=self.status,
            error=None,
            detail="",
            response="",
            duration_ms=20,
            retry_after=None,
            wire=Wire(request.headers, ANSWERED, False, (), "192.0.2.1", False, 1, 2, 3, 4)
            if failed
            else None,
        )


@dataclass
class EventReadOnce:
    """As a batch reads it ahead: whose the event is costs no read of its own."""

    events: KeptEvents
    read: StoredEvent | None = None

    def get(self, event_id: str, now: float) -> StoredEvent | None:
        self.read = self.read or self.events.get(event_id, now)
        return self.read

    def source_id(self, event_id: str) -> str | None:
        event = self.get(event_id, time.time())
        return None if event is None else event.incoming.source_id


class Gateway:
    def __init__(self, sqs: Any, meter: Meter) -> None:
        self.sqs, self.meter, self.answers = sqs, meter, Answers()
        self.writer = EventsQueueWriter(sqs, wiring.settings().events_queue_url)
        self.fan_out = fanning_out.fan_out()
        self.deliver = replace(dispatching.deliver(), sender=self.answers)
        self.sweep = sweeping.sweep()

    def ring(self, number: int) -> None:
        event = a_verified_event(b"", key=f"k{number}", ingest_id=f"ing_{number}")
        self.writer.send(event, BodyAt(size=0, inline=b""))
        for body in self.take("events_queue_url"):
            self.fan_out(EventEnvelope.model_validate_json(body).to_domain())

    def dispatch(self) -> None:
        for body in self.take("deliveries_queue_url"):
            self.handle(DeliveryEnvelope.model_validate_json(body).to_domain())

    def handle(self, message: DeliveryMessage) -> None:
        events = EventReadOnce(self.deliver.prepare.events)
        over = self.deliver.over(self.deliver.deliveries, dispatching.endpoints(), events, self.answers)
        over(message, redelivered=False, time_left=60)

    def take(self, queue: str) -> Iterator[str]:
        """By the meter's leave: Lambda receives and deletes, not the functions."""
        url = getattr(wiring.settings(), queue)
        reader = boto3.client("sqs")
        while found := reader.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            for message in found:
                reader.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                yield message["Body"]


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    for name, value in {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "x"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with moto.mock_aws():
        sqs = boto3.client("sqs")
        for table in ("Sources", "Subscriptions", "Endpoints", "Events", "Rollups"):
            name = create_table(boto3.client("dynamodb"), f"{table}Table")
            monkeypatch.setenv(f"{table.upper()}_TABLE", name)
        for queue in ("events", "deliveries"):
            url = sqs.create_queue(QueueName=queue)["QueueUrl"]
            monkeypatch.setenv(f"{queue.upper()}_QUEUE_URL", url)
        monkeypatch.setenv("BODIES_BUCKET", "bodies")
        monkeypatch.setenv("GRACE_SECONDS", "1")
        _forget()
        kept = partial(SubscriptionTable, ttl=HANG_SECONDS)  # as in a busy environment, on a slow machine too
        for module in (fanning_out, in_flight):
            monkeypatch.setattr(module, "SubscriptionTable", kept)
        monkeypatch.setattr(in_flight, "SourcePauseTable", partial(SourcePauseTable, ttl=HANG_SECONDS))
        for n in range(FANOUT):
            _subscribe(f"sub_{n}")
        meter = Meter()
        for service in ("dynamodb", "sqs"):
            meter.listen(wiring.client(service))
        monkeypatch.setattr(together, "PlainWrites", lambda client, *_: client)  # which the meter hears
        meter.listen(wiring.hasty_client("dynamodb"))
        yield Gateway(wiring.client("sqs"), meter)
        _forget()


def test_the_calls_that_cost_prices_are_the_calls_the_functions_make(gateway: Gateway) -> None:
    meter = gateway.meter
    gateway.ring(0)
    gateway.dispatch()  # warm: subscriptions are cached as in a busy environment
    counted: dict[str, Any] = {}
    meter.reset()
    for number in range(1, EVENTS + 1):
        gateway.ring(number)
    counted["event"] = _per(meter, EVENTS, of_each={"delivery_items": FANOUT})
    counted["event"]["event_item_bytes"] = meter.event_bytes
    meter.reset()
    gateway.dispatch()
    counted["attempt"] = _per(meter, EVENTS * FANOUT)
    counted["attempt"]["delivery_item_bytes"] = meter.delivery_bytes
    counted["rollup"] = _rollup(gateway)
    counted["retry"] = _retry(gateway)
    counted["sweep"] = _sweep(gateway)
    _keep_or_compare(counted)


def test_a_bill_has_every_service_and_grows_with_the_load() -> None:
    idle = sum(line.usd for line in bill(Load(events=0, fanout=1, body_bytes=1024, retries=0.0)))
    small = bill(Load(events=1e6, fanout=1, body_bytes=1024, retries=0.0))
    large = bill(Load(events=1e7, fanout=3, body_bytes=4096, retries=0.05))
    services = {"API Gateway", "Lambda", "SQS", "DynamoDB", "CloudWatch", "KMS"}
    assert {line.service for line in small} >= services
    assert sum(line.usd for line in large) - idle > 10 * (sum(line.usd for line in small) - idle) * 0.9
    assert 0 < replay_cost(1_000_000) < 50


def _rollup(gateway: Gateway) -> dict[str, Any]:
    """What is written at the end of a batch for each source and subscription that it had to do with: of all
    that was counted before, as if it had been one batch."""
    gateway.meter.reset()
    rolling_up.write_batch()
    return _per(gateway.meter, 1 + FANOUT)


def _retry(gateway: Gateway) -> dict[str, Any]:
    """What a failed attempt that is tried again within SQS's reach costs, beside the attempt that follows."""
    gateway.answers.status = 500
    gateway.ring(1000)
    gateway.meter.reset()
    gateway.dispatch()
    gateway.answers.status = 204
    return _per(gateway.meter, FANOUT)


def _sweep(gateway: Gateway) -> dict[str, Any]:
    """What being found by the sweeper costs: those three retries, once their grace is over."""
    time.sleep(1.2)
    gateway.meter.reset()
    assert gateway.sweep(stop_at=time.time() + 60) == FANOUT
    shards = gateway.meter.calls.pop("dynamodb.Query")
    gateway.meter.read_units -= shards / 2  # every sweep asks every shard: a fixed cost, see `bill`
    return _per(gateway.meter, FANOUT)


def _per(meter: Meter, count: int, of_each: dict[str, int] | None = None) -> dict[str, Any]:
    return {
        "calls": {name: round(calls / count, 4) for name, calls in sorted(meter.calls.items())},
        "messages": {name: round(sent / count, 4) for name, sent in sorted(meter.messages.items())},
        "write_units": round(meter.write_units / count, 4),
        "index_units": round(meter.index_units / count, 4),
        "read_units": round(meter.read_units / count, 4),
        "event_reads": round(meter.event_reads / count, 4),
        **(of_each or {}),
    }


def _keep_or_compare(counted: dict[str, Any]) -> None:
    there = json.loads(CALLS_FILE.read_text()) if CALLS_FILE.exists() else {}
    if os.environ.get("DOORBELL_WRITE_CALLS"):
        how = {
            "on": f"moto {moto.__version__}",
            "fanout": FANOUT,
            "by": "DOORBELL_WRITE_CALLS=1 python -m pytest tests/integration/ops/test_ops_cost.py",
        }
        CALLS_FILE.write_text(json.dumps({"measured": how, **counted}, indent=2) + "\n")
        return
    for part in ("event", "attempt", "rollup", "retry", "sweep"):
        for name, value in counted[part].items():
            kept = there[part][name]
            if name.endswith("_bytes"):  # ids and numbers differ in length from run to run
                assert value == pytest.approx(kept, rel=0.1), f"{part}.{name}"
            else:
                assert value == kept, f"{part}.{name}: the code makes {value}, `doorbell cost` prices {kept}"


def _subscribe(subscription_id: str) -> None:
    item = {
        "tenant_id": TENANT,
        "subscription_id": subscription_id,
        "url": "https://example.com/hook",
        "signing": "none",
        "retry": {"schedule": [0, 1, 1]},
    }
    boto3.client("dynamodb").put_item(TableName="SubscriptionsTable", Item=marshal(item))


def _forget() -> None:
    """Compositions are cached for an environment's life; each test has an environment of its own."""
    for module in [m for name, m in sys.modules.items() if name.startswith("doorbell.runtime")]:
        for thing in vars(module).values():
            if callable(getattr(thing, "cache_clear", None)):
                thing.cache_clear()
