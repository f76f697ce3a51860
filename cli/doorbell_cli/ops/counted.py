"""What `calls.json` and `prices.json` hold, and what follows from them for a load.

`calls.json` is what `tests/integration/ops/test_ops_cost.py` counts (and holds it to): the calls and DynamoDB
units of one event with three deliveries, of one attempt, of one retry, of one look by the sweeper, and of one
write of what a batch counted.
`logged.json` is what `tests/integration/ops/test_ops_logged.py` counts: bytes of log lines for a record,
bytes of metrics for an invocation, and the metrics of a healthy month of one provider, with a dashboard and
without.
`prices.json` is the price list with its date and sources, and what no test can count: how well bodies
compress, how full batches are, how long functions run, how long Lambda's own lines are.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doorbell.usecases.fan_out import INLINE_ITEM_BYTES
from doorbell_cli.ops.targets_priced import HTTPS

CALLS_FILE = Path(__file__).with_name("calls.json")
LOGGED_FILE = Path(__file__).with_name("logged.json")
PRICES_FILE = Path(__file__).with_name("prices.json")
KIB = 1024
HISTORY_WRITES, HISTORY_BYTES = 1.0, 350.0
"""Of the delivered delivery that is counted."""
MINUTES = 30 * 24 * 60


@dataclass(frozen=True, slots=True)
class Load:
    """A month: `events` in, each to `fanout` subscribers; `retries` is the share of deliveries that need one
    more attempt, `swept` the share of those that wait longer than SQS can (15 minutes). `secrets` are in use,
    half of them by sources, and `kept_in` SSM, Secrets Manager, or encrypted in the items (`kms`).
    Subscribers answer in `latency_ms`; sources are of `providers` kinds; `outages` is the share of deliveries
    that find their endpoint parked and wait. The rest are parameters of the template: `History`,
    `CloudWatchDashboard`, `PlatformLogs`, `LogLevel` above INFO (`quiet`), `RetentionDays`, whether there are
    `RollupDays`; `side_by_side` are the deliveries of an invocation of the dispatcher. `target` is one of
    `targets_priced.TARGETS`, or "https"; of a target `per_call` deliveries go in a call."""

    events: float
    fanout: float
    body_bytes: float
    retries: float
    swept: float = 0.5
    secrets: float = 10
    kept_in: str = "ssm"
    latency_ms: float = 200
    providers: float = 1
    outages: float = 0.0
    history: str = "all"
    dashboard: bool = False
    platform_logs: bool = True
    quiet: bool = False
    retention_days: float = 30
    rollups: bool = True
    side_by_side: float = 5
    target: str = HTTPS
    per_call: float = 1


@dataclass(frozen=True, slots=True)
class Line:
    service: str
    what: str
    quantity: float
    usd: float


def prices() -> dict[str, Any]:
    """`prices.json`: region, as_of (a month), note, usd (name → per, price, source), assumed (name →
    number)."""
    found: dict[str, Any] = json.loads(PRICES_FILE.read_text())
    return found


class Counted:
    """A load's quantities, and what they cost each."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.calls: dict[str, Any] = json.loads(CALLS_FILE.read_text())
        logged: dict[str, Any] = json.loads(LOGGED_FILE.read_text())
        self.logged: dict[str, Any] = logged["board" if load.dashboard else "plain"]
        listed = prices()
        self._prices, self.assumed = listed["usd"], listed["assumed"]
        self.deliveries = load.events * load.fanout
        self.retried = self.deliveries * load.retries
        self.attempts = self.deliveries + self.retried
        self.swept = self.retried * load.swept
        self.waited = self.deliveries * load.outages
        self.in_s3 = load.body_bytes > INLINE_ITEM_BYTES

    def price(self, name: str) -> float:
        return float(self._prices[name]["price"]) / float(self._prices[name]["per"])

    def line(self, service: str, what: str, quantity: float, price: str) -> Line:
        return Line(service, what, quantity, quantity * self.price(price))

    def writes(self, part: str) -> float:
        return float(self.calls[part]["write_units"] + self.calls[part]["index_units"])

    def event_read_units(self) -> float:
        """One eventually consistent read of the event item, body included."""
        reads = self.calls["attempt"]["event_reads"]
        return float(reads * math.ceil(self.event_bytes() / (4 * KIB)) / 2)

    def story_read_units(self) -> float:
        """One eventually consistent Query of an event with its deliveries."""
        size = self.event_bytes() + self.load.fanout * self.delivery_bytes()
        return float(math.ceil(size / (4 * KIB)) / 2)

    def all_writes(self) -> float:
        """Deliveries and their index entries as counted for three of them; the event by its size."""
        event = self.calls["event"]
        own = math.ceil(self.event_bytes() / KIB) + 1  # and its entry in the event log
        each = (event["write_units"] + event["index_units"] - 1) / event["delivery_items"]
        per_event = own + each * self.load.fanout
        return float(
            self.load.events * per_event
            + self.deliveries * self.writes("attempt")
            + self.retried * self.writes("retry")
            + self.swept * self.writes("sweep")
            + self.rollups() * self.writes("rollup")
            + self.waited * self.assumed["waiting_write_units"]
            - self.deliveries * HISTORY_WRITES * (self.load.history != "all")
        )

    def rollups(self) -> float:
        """Writes of counts: for each batch one for its source, or one for each endpoint in it."""
        if not self.load.rollups:
            return 0.0
        batch = self.assumed["batch"]
        of_deliveries = self.attempts / batch * max(1.0, min(batch, self.load.fanout))
        return float(self.load.events / batch + of_deliveries)

    def history_bytes(self) -> float:
        """Of one delivery's row in its subscription's history, and of what DynamoDB adds for a row."""
        return HISTORY_BYTES if self.load.history == "all" else 0.0

    def invocations(self) -> float:
        batch = self.assumed["batch"]
        return float(self.load.events * (1 + 1 / batch) + self.messages() / batch + MINUTES)

    def messages(self) -> float:
        """Of the deliveries queue. Who waits has two more: one that finds the endpoint parked, and one of its
        list."""
        return float(self.attempts + self.swept + 2 * self.waited)

    def dispatch_seconds(self) -> float:
        """Of Lambda for an attempt: its own, and its share of the wait, which those beside it share."""
        return float(self.assumed["dispatch_ms"] + self.load.latency_ms / self.load.side_by_side) / 1000

    def event_bytes(self) -> float:
        body = 0 if self.in_s3 else self.load.body_bytes * self.assumed["gzip"]
        return float(self.calls["event"]["event_item_bytes"] + body)

    def delivery_bytes(self) -> float:
        return float(self.calls["attempt"]["delivery_item_bytes"])
