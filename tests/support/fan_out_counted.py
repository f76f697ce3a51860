"""Fan-out over tables in memory, and what it costs: calls, DynamoDB's units with those of the indexes.

Sizes and index writes are reckoned as in `tests/integration/ops/meter.py`, which cites AWS's rules.
"""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from doorbell.domain.filing import Path, equality_of
from doorbell.domain.records import Incoming
from doorbell.domain.routes import FORM, places_of
from doorbell.domain.subscriptions import Interest
from doorbell.payloads.filters import Filters
from doorbell.queues.deliveries import DeliveriesQueueWriter, InTurn
from doorbell.store.configuration.subscriptions import SubscriptionTable
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell.store.events.events import EventTable
from doorbell.store.routes.items import CANARIES, ONE, about_key, about_pk, entry, path_text
from doorbell.store.routes.reader import RouteReader
from doorbell.usecases.fan_out import FanOut
from doorbell.usecases.route import Route
from tests.integration.ops.meter import INDEXES, Item, index_writes, size
from tests.support import fakes
from tests.support.builders import TENANT
from tests.support.clocks import both
from tests.support.fakes_dynamo import DynamoClient, Tables

WRITE_BYTES, READ_BYTES = 1024, 4096
PLACES = 8
RETENTION, GRACE = 30 * 86_400, 900.0


@dataclass
class Bill:
    calls: Counter[str] = field(default_factory=Counter)
    write_units: float = 0.0
    read_units: float = 0.0


@dataclass
class SqsInMemory:
    bill: Callable[[], Bill]
    sent: list[str] = field(default_factory=list)

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        self.bill().calls["SendMessageBatch"] += 1
        self.sent += [entry["MessageBody"] for entry in Entries]
        return {"Successful": [{"Id": entry["Id"]} for entry in Entries], "Failed": []}


class CountedFanOut:
    """One execution environment. `bill` is of all since it was last taken."""

    def __init__(self, *, by_key: bool = False) -> None:
        self.clock, self.bill = fakes.FakeClock(), Bill()
        self.tables = Tables(self.clock, listeners=[self._written])
        client: Any = DynamoClient(self.tables, self._call)
        in_turn: Any = InTurn()
        self.metrics, self.sqs = fakes.RecordingMetrics(), SqsInMemory(lambda: self.bill)
        queue = DeliveriesQueueWriter(self.sqs, "deliveries", in_turn)
        subscriptions = SubscriptionTable(client, "subscriptions", self._broken, both(self.clock))
        bodies = fakes.FakeBodies()
        reader = RouteReader(client, "routes", self.clock, self._unread, both(self.clock))
        routes = Route(
            subscriptions,
            bodies,
            Filters(),
            fakes.FakeClock(),
            self.metrics,
            by_key=reader if by_key else None,
        )
        self.fan_out = FanOut(
            route=routes,
            events=EventTable(client, "events"),
            deliveries=DeliveryTable(client, "events", 32, in_turn),
            queue=queue,
            bodies=bodies,
            clock=self.clock,
            metrics=self.metrics,
            log=fakes.RecordingLog(),
            retention=RETENTION,
            grace=GRACE,
        )

    def subscribe(self, subscription_id: str, **fields: Any) -> None:
        values = {"tenant_id": TENANT, "subscription_id": subscription_id, "url": "https://example.com/hook"}
        item = marshal({**values, "signing": "none", **fields})
        self.tables.items["subscriptions"][TENANT, subscription_id] = item

    def index(self) -> None:
        """As if all had been filed and certified, and canaries been heard just now."""
        filed, paths = self.tables.items["routes"], set[Path]()
        for (tenant_id, name), item in self.tables.items["subscriptions"].items():
            given = unmarshal(item)
            sources, types = (tuple(given.get(one, ())) for one in ("sources", "event_types"))
            wants = Interest(name, True, sources, types, given.get("filter"))
            equality = equality_of(wants.filter)
            paths |= set() if equality is None else {equality[0]}
            for place in places_of(wants, paths):
                filed[f"{tenant_id}#{place}", name] = entry(tenant_id, place, wants, 1, None)
        now = self.clock()
        certificate = {"began_at": now, "count": len(filed), "form": FORM}
        about = {"certificate": certificate, "paths": {path_text(path) for path in paths} or None}
        filed[about_pk(TENANT), ONE] = about_key(TENANT) | marshal(about)
        self.tables.items["routes"]["!canaries", ONE] = CANARIES | marshal(
            {"since": now, **{f"c{number}": now for number in range(16)}}
        )

    def handle(self, incoming: Incoming) -> Bill:
        """What this event cost, as in a batch of its own."""
        self.bill = Bill()
        self.fan_out.route.subscriptions.is_at_hand(incoming.tenant_id)
        self.fan_out(incoming)
        return self.bill

    def stored(self, event_id: str) -> dict[str, Any]:
        return self.tables.items["events"][event_id, "event"]

    def _unread(self, cause: str) -> None:
        raise AssertionError(f"the index is there: {cause}")

    def _broken(self, error: Exception) -> None:
        raise AssertionError(f"no item here is broken: {error}")

    def _call[T](self, service: str, operation: str, detail: str, effect: Callable[[], T]) -> T:
        self.bill.calls[operation] += 1
        answer: Any = effect()
        if operation == "Query":
            self._read(answer["Items"])
        if operation == "ExecuteStatement":
            self._read_places(answer["Items"])
        if operation == "GetItem":
            self._read([answer.get("Item", {})])
        return answer  # type: ignore[no-any-return]

    def _read(self, items: list[Item]) -> None:
        """Strongly consistent ones cost twice as much, and are few: they are counted as others."""
        self.bill.read_units += max(1, math.ceil(sum(map(size, items)) / READ_BYTES)) / 2

    def _read_places(self, items: list[Item]) -> None:
        """Each is a query of its own. Of the places where nobody is, the most that an event here asks."""
        by_place = Counter[str]()
        for item in items:
            by_place[item["pk"]["S"]] += size(item)
        empty = max(0, PLACES - len(by_place))
        self.bill.read_units += (
            empty + sum(math.ceil(bytes_ / READ_BYTES) for bytes_ in by_place.values())
        ) / 2

    def _written(self, table: str, key: object, before: Item | None, after: Item | None) -> None:
        was, is_ = before or {}, after or {}
        self.bill.write_units += math.ceil(max(size(was), size(is_)) / WRITE_BYTES)
        if table == "events":
            self.bill.write_units += sum(index_writes(names, was, is_) for names in INDEXES)


def numbered(incoming: Incoming, number: int, **changes: Any) -> Incoming:
    """Another event like it."""
    return replace(incoming, event_id=f"evt_{number}", ingest_id=f"ing_{number}", **changes)
