"""What a month costs: calls counted by a test, times a dated price list, and the assumptions said aloud."""

import math
from collections.abc import Iterator
from typing import Any

from doorbell.store.secrets.secrets import DECRYPTED_SECONDS, TTL_SECONDS
from doorbell.usecases.enqueue import INLINE_BYTES
from doorbell_cli.ops.counted import KIB, MINUTES, Line, Load
from doorbell_cli.ops.targets_priced import POINTER_BYTES, TARGETS
from doorbell_cli.ops.watched import Watched

GB = 1e9
POLLERS, POLL_SECONDS = 5, 20
"""Lambda polls a queue with five long polls at least."""
QUESTIONS, DEAD_LETTER_QUEUES, DEPTHS_EVERY = 49, 3, 5
"""A sweep asks each of the 32 shards of the due index, for jobs, and for wakes and incidents in eight shards
each; in one of five it asks how many messages wait in each dead-letter queue."""

BODY_DAYS_MORE = 15
"""So much longer than its event does an object lie in the bodies bucket, as the template has it."""


def bill(load: Load) -> list[Line]:
    """A month's lines, nothing rounded."""
    model = _Bill(load)
    parts = (model.front(), model.queues(), model.tables(), model.rest(), model.secrets())
    return [line for part in parts for line in part]


def audit_cost(load: Load) -> Line:
    """One `doorbell audit` of the month."""
    model = _Bill(load)
    units = load.events * (model.story_read_units() + 0.5 / 16)
    return model.line("audit", "read units, once over everything", units, "read_unit")


def replay_cost(deliveries: float, events_read: float = 0) -> float:
    """USD: reading what is to be replayed, writing it, a look by the sweeper, and the attempt. `events_read`:
    so many were looked at beside, to find them."""
    model = _Bill(Load(0, 1, KIB, 0))
    writes = 1 + 1 + model.writes("sweep") + model.writes("attempt")
    reads = 0.5 * 2 + model.calls["attempt"]["read_units"] + model.event_read_units()
    messages = 1 / 10 + 2 / model.assumed["batch"]
    usd = writes * model.price("write_unit") + reads * model.price("read_unit")
    usd += messages * (model.price("sqs_request") + model.price("sqs_fair_request"))
    seconds = model.dispatch_seconds() * model.assumed["dispatch_gb"]
    looks = events_read * (0.5 / 16 + model.event_read_units()) * model.price("read_unit")
    return float(deliveries * (usd + seconds * model.price("lambda_gb_second")) + looks)


class _Bill(Watched):
    """Its lines, service by service."""

    def front(self) -> Iterator[Line]:
        load, assumed = self.load, self.assumed
        chunks = math.ceil(max(1, load.body_bytes) / (512 * KIB))
        yield self.line("API Gateway", "requests", load.events * chunks, "api_request")
        yield self.line("Lambda", "requests", self.invocations(), "lambda_request")
        ingest = load.events * assumed["ingest_ms"] / 1000 * assumed["ingest_gb"]
        fanout = load.events * assumed["fanout_ms_per_event"] / 1000 * assumed["fanout_gb"]
        dispatch = self.attempts * self.dispatch_seconds() * assumed["dispatch_gb"]
        sweep = MINUTES * assumed["sweep_ms"] / 1000 * assumed["sweep_gb"]
        yield self.line("Lambda", "GB-seconds", ingest + fanout + dispatch + sweep, "lambda_gb_second")

    def queues(self) -> Iterator[Line]:
        """A message is sent, received and deleted; the last two in batches that Lambda makes."""
        event, retry, batch = self.calls["event"], self.calls["retry"], self.assumed["batch"]
        size = 4 / 3 * self.load.body_bytes if self.load.body_bytes <= INLINE_BYTES else 0
        chunks = math.ceil((size + KIB) / (64 * KIB))
        sent = event["messages"]["events"]
        in_events = self.load.events * (sent * chunks * (1 + 1 / batch) + sent / batch)
        fair_sends = self.load.events * _sends(event) / event["delivery_items"] * self.load.fanout
        fair_sends += self.retried * _sends(retry) + self.swept * _sends(self.calls["sweep"])
        fair_sends += self.waited / batch
        in_deliveries = fair_sends + 2 * self.messages() / batch
        idle = 2 * POLLERS * MINUTES * 60 / POLL_SECONDS + MINUTES / DEPTHS_EVERY * DEAD_LETTER_QUEUES
        yield self.line("SQS", "requests", in_events + in_deliveries + idle, "sqs_request")
        yield self.line("SQS", "requests of the fair queue, on top", in_deliveries, "sqs_fair_request")

    def tables(self) -> Iterator[Line]:
        yield self.line("DynamoDB", "write units", self.all_writes(), "write_unit")
        reads = self.attempts * (self.calls["attempt"]["read_units"] + self.event_read_units())
        yield self.line("DynamoDB", "read units", reads + MINUTES * QUESTIONS / 2, "read_unit")
        stored = self.load.events * (self.event_bytes() + 300) + self.deliveries * self.delivery_bytes()
        history = self.deliveries * self.history_bytes()  # an index is not backed up
        months = self.load.retention_days / 30
        yield self.line("DynamoDB", "GB-months", (stored + history) * months / GB, "table_gb_month")
        yield self.line(
            "DynamoDB", "GB-months, point-in-time recovery", stored * months / GB, "pitr_gb_month"
        )

    def rest(self) -> Iterator[Line]:
        load = self.load
        if self.in_s3:
            yield self.line("S3", "puts", load.events, "s3_put")
            yield self.line("S3", "gets", self.attempts, "s3_get")
            kept = load.events * load.body_bytes * self._months_in_s3()
            yield self.line("S3", "GB-months", kept / GB, "s3_gb_month")
        yield self.line("CloudWatch", "GB of logs", self.logged_bytes() / GB, "log_gb")
        yield from self._watched()
        yield self.line("EventBridge", "sweeps", MINUTES, "schedule_invocation")
        yield from self._out()

    def _out(self) -> Iterator[Line]:
        """Data to subscribers, or what the service of a target asks for taking it."""
        size, headers = self.load.body_bytes, self.assumed["headers_out_bytes"]
        unit = TARGETS.get(self.load.target)
        if unit is None:
            out = self.attempts * (size + headers)
            yield self.line("Data transfer", "GB to subscribers", out / GB, "out_gb")
            return
        sent = size + headers * unit.headers
        if sent > unit.most:
            yield self.line("S3", "objects that pointers point at", self.deliveries, "s3_put")
            kept = self.deliveries * size * self._months_in_s3()
            yield self.line("S3", "GB-months of these", kept / GB, "s3_gb_month")
            sent = POINTER_BYTES
        count = self.attempts * unit.count(sent, self.load.per_call)
        yield self.line(unit.service, unit.what, count, unit.price)
        if unit.hours:
            yield self.line(unit.service, "hours of one shard", MINUTES / 60, unit.hours)

    def _months_in_s3(self) -> float:
        return (self.load.retention_days + BODY_DAYS_MORE) / 30

    def _watched(self) -> Iterator[Line]:
        """A metric that reports nothing costs nothing."""
        yield self.line("CloudWatch", "metrics", self.metrics(), "metric_month")
        yield self.line("CloudWatch", "alarms", self.assumed["alarms"], "alarm_month")
        if self.load.dashboard:
            yield self.line("CloudWatch", "dashboard", 1, "dashboard_month")

    def secrets(self) -> Iterator[Line]:
        """Each environment that runs reads each secret that it needs once in its time. A parameter it has
        decrypted at its start and once an hour; what it asks in between costs nothing."""
        load, assumed = self.load, self.assumed
        month = MINUTES * 60
        asks = load.secrets / 2 * month / TTL_SECONDS
        if load.kept_in == "ssm":
            starts = month / (assumed["environment_hours"] * 3600)
            asks = load.secrets / 2 * (month / DECRYPTED_SECONDS + starts)
        calls = 0.0
        seconds = ((load.events, assumed["ingest_ms"] / 1000), (self.attempts, self.dispatch_seconds()))
        for uses, each in seconds:
            side_by_side = uses * each / month
            calls += min(uses, (assumed["environments"] + side_by_side) * asks)
        if load.kept_in == "secretsmanager":
            yield self.line("Secrets Manager", "calls", calls, "secret_call")
            yield self.line("Secrets Manager", "secrets", load.secrets, "secret_month")
            return
        yield self.line("KMS", "secrets decrypted", calls, "kms_request")
        if load.kept_in == "kms":
            yield self.line("KMS", "keys", 1, "kms_key_month")


def _sends(part: dict[str, Any]) -> float:
    return float(part["calls"].get("sqs.SendMessageBatch", 0))
