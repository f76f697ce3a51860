"""What a month costs: calls counted by a test, times a dated price list, and the assumptions said aloud.

`calls.json` is what `tests/integration/ops/test_ops_cost.py` counts (and holds it to): the calls and DynamoDB
units of one event with three deliveries, of one attempt, of one retry, of one look by the sweeper.
`prices.json` is the price list with its date and sources, and what no test can count: how well bodies
compress, how full batches are, how long functions run.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CALLS_FILE = Path(__file__).with_name("calls.json")
PRICES_FILE = Path(__file__).with_name("prices.json")
KIB = 1024
GB = 1e9
MINUTES = 30 * 24 * 60
INLINE_ITEM_BYTES = 16 * KIB
"""As in `usecases.fan_out`: larger bodies go to S3."""
INLINE_MESSAGE_BYTES = 180 * KIB
POLLERS, POLL_SECONDS, SHARDS = 5, 20, 32
"""Lambda polls a queue with five long polls at least; a sweep asks every shard of the due index."""


@dataclass(frozen=True, slots=True)
class Load:
    """A month: `events` in, each to `fanout` subscribers; `retries` is the share of deliveries that need one
    more attempt, `swept` the share of those that wait longer than SQS can (15 minutes)."""

    events: float
    fanout: float
    body_bytes: float
    retries: float
    swept: float = 0.5


@dataclass(frozen=True, slots=True)
class Line:
    service: str
    what: str
    quantity: float
    usd: float


def bill(load: Load) -> list[Line]:
    """A month's lines, nothing rounded."""
    model = _Model(load)
    return [line for part in (model.front(), model.queues(), model.tables(), model.rest()) for line in part]


def audit_cost(load: Load) -> Line:
    """One `doorbell audit` of the month."""
    model = _Model(load)
    units = load.events * (model.story_read_units() + 0.5 / 16)
    return model.line("audit", "read units, once over everything", units, "read_unit")


def replay_cost(deliveries: float) -> float:
    """USD: reading what is to be replayed, writing it, a look by the sweeper, and the attempt."""
    model = _Model(Load(0, 1, KIB, 0))
    writes = 1 + 1 + model.writes("sweep") + model.writes("attempt")
    reads = 0.5 * 2 + model.calls["attempt"]["read_units"] + model.event_read_units()
    messages = 1 / 10 + 2 / model.assumed["batch"]
    usd = writes * model.price("write_unit") + reads * model.price("read_unit")
    usd += messages * (model.price("sqs_request") + model.price("sqs_fair_request"))
    seconds = model.assumed["dispatch_ms_per_attempt"] / 1000 * model.assumed["dispatch_gb"]
    return float(deliveries * (usd + seconds * model.price("lambda_gb_second")))


class _Model:
    def __init__(self, load: Load) -> None:
        self.load = load
        self.calls: dict[str, Any] = json.loads(CALLS_FILE.read_text())
        prices = json.loads(PRICES_FILE.read_text())
        self._prices, self.assumed = prices["usd"], prices["assumed"]
        self.deliveries = load.events * load.fanout
        self.retried = self.deliveries * load.retries
        self.attempts = self.deliveries + self.retried
        self.swept = self.retried * load.swept
        self.in_s3 = load.body_bytes > INLINE_ITEM_BYTES

    def price(self, name: str) -> float:
        return float(self._prices[name]["price"]) / float(self._prices[name]["per"])

    def line(self, service: str, what: str, quantity: float, price: str) -> Line:
        return Line(service, what, quantity, quantity * self.price(price))

    def front(self) -> Iterator[Line]:
        load, assumed = self.load, self.assumed
        chunks = math.ceil(max(1, load.body_bytes) / (512 * KIB))
        yield self.line("API Gateway", "requests", load.events * chunks, "api_request")
        yield self.line("Lambda", "requests", self._invocations(), "lambda_request")
        ingest = load.events * assumed["ingest_ms"] / 1000 * assumed["ingest_gb"]
        fanout = load.events * assumed["fanout_ms_per_event"] / 1000 * assumed["fanout_gb"]
        dispatch = self.attempts * assumed["dispatch_ms_per_attempt"] / 1000 * assumed["dispatch_gb"]
        sweep = MINUTES * assumed["sweep_ms"] / 1000 * assumed["sweep_gb"]
        yield self.line("Lambda", "GB-seconds", ingest + fanout + dispatch + sweep, "lambda_gb_second")

    def queues(self) -> Iterator[Line]:
        """A message is sent, received and deleted; the last two in batches that Lambda makes."""
        event, retry, batch = self.calls["event"], self.calls["retry"], self.assumed["batch"]
        size = 4 / 3 * self.load.body_bytes if self.load.body_bytes <= INLINE_MESSAGE_BYTES else 0
        chunks = math.ceil((size + KIB) / (64 * KIB))
        sent = event["messages"]["events"]
        in_events = self.load.events * (sent * chunks * (1 + 1 / batch) + sent / batch)
        fair_sends = self.load.events * _sends(event) / event["delivery_items"] * self.load.fanout
        fair_sends += self.retried * _sends(retry) + self.swept * _sends(self.calls["sweep"])
        in_deliveries = fair_sends + 2 * (self.attempts + self.swept) / batch
        idle = 2 * POLLERS * MINUTES * 60 / POLL_SECONDS
        yield self.line("SQS", "requests", in_events + in_deliveries + idle, "sqs_request")
        yield self.line("SQS", "requests of the fair queue, on top", in_deliveries, "sqs_fair_request")

    def tables(self) -> Iterator[Line]:
        yield self.line("DynamoDB", "write units", self._all_writes(), "write_unit")
        reads = self.attempts * (self.calls["attempt"]["read_units"] + self.event_read_units())
        yield self.line("DynamoDB", "read units", reads + MINUTES * SHARDS / 2, "read_unit")
        stored = self.load.events * (self._event_bytes() + 300) + self.deliveries * self._delivery_bytes()
        months = self.assumed["retention_days"] / 30
        yield self.line("DynamoDB", "GB-months", stored * months / GB, "table_gb_month")
        yield self.line(
            "DynamoDB", "GB-months, point-in-time recovery", stored * months / GB, "pitr_gb_month"
        )

    def rest(self) -> Iterator[Line]:
        load, assumed = self.load, self.assumed
        if self.in_s3:
            yield self.line("S3", "puts", load.events, "s3_put")
            yield self.line("S3", "gets", self.attempts, "s3_get")
            months = assumed["retention_days"] / 30
            yield self.line("S3", "GB-months", load.events * load.body_bytes * months / GB, "s3_gb_month")
        lines = load.events * 2 + self.attempts
        logged = (
            lines * assumed["log_bytes_per_event"] + self._invocations() * assumed["log_bytes_per_invocation"]
        )
        yield self.line("CloudWatch", "GB of logs", logged / GB, "log_gb")
        yield self.line("CloudWatch", "metrics", assumed["metrics"], "metric_month")
        yield self.line("CloudWatch", "alarms", assumed["alarms"], "alarm_month")
        yield self.line("EventBridge", "sweeps", MINUTES, "schedule_invocation")
        out = self.attempts * (load.body_bytes + assumed["headers_out_bytes"])
        yield self.line("Data transfer", "GB to subscribers", out / GB, "out_gb")

    def writes(self, part: str) -> float:
        return float(self.calls[part]["write_units"] + self.calls[part]["index_units"])

    def event_read_units(self) -> float:
        """One eventually consistent read of the event item, body included."""
        reads = self.calls["attempt"]["event_reads"]
        return float(reads * math.ceil(self._event_bytes() / (4 * KIB)) / 2)

    def story_read_units(self) -> float:
        """One eventually consistent Query of an event with its deliveries."""
        size = self._event_bytes() + self.load.fanout * self._delivery_bytes()
        return float(math.ceil(size / (4 * KIB)) / 2)

    def _all_writes(self) -> float:
        """Deliveries and their index entries as counted for three of them; the event by its size."""
        event = self.calls["event"]
        own = math.ceil(self._event_bytes() / KIB) + 1  # and its entry in the event log
        each = (event["write_units"] + event["index_units"] - 1) / event["delivery_items"]
        per_event = own + each * self.load.fanout
        return float(
            self.load.events * per_event
            + self.deliveries * self.writes("attempt")
            + self.retried * self.writes("retry")
            + self.swept * self.writes("sweep")
        )

    def _invocations(self) -> float:
        batch = self.assumed["batch"]
        return float(self.load.events * (1 + 1 / batch) + (self.attempts + self.swept) / batch + MINUTES)

    def _event_bytes(self) -> float:
        body = 0 if self.in_s3 else self.load.body_bytes * self.assumed["gzip"]
        return float(self.calls["event"]["event_item_bytes"] + body)

    def _delivery_bytes(self) -> float:
        return float(self.calls["attempt"]["delivery_item_bytes"])


def _sends(part: dict[str, Any]) -> float:
    return float(part["calls"].get("sqs.SendMessageBatch", 0))
