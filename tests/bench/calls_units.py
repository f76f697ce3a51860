"""What the calls that were seen cost: how many of each, DynamoDB's units, and dollars.

Sizes and index writes are reckoned as in `tests/integration/ops/meter.py`, which cites AWS's rules.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from doorbell_cli.ops.counted import prices
from tests.integration.ops.meter import INDEXES, Item, index_writes, size
from tests.support.counting import Exchange
from tests.support.fakes_expressions import updated
from tests.support.fakes_partiql import write_of

WRITE_BYTES, READ_BYTES = 1024, 4096


@dataclass
class Cost:
    """Of one event: `calls[operation]`, DynamoDB's units with those of the indexes."""

    calls: dict[str, float] = field(default_factory=dict)
    write_units: float = 0.0
    read_units: float = 0.0

    @property
    def all_calls(self) -> float:
        return sum(self.calls.values())

    def dollars(self, batch: float) -> float:
        """For the requests of a million such events, where Lambda hands out `batch` messages at a time.
        Beside the functions' calls that is what AWS does itself: the request to the API, three invocations,
        and of each of the two queues a receive and a delete, which Lambda's poller makes."""
        polled = 2 / batch
        to_deliveries = self.calls["SendMessageBatch"] + polled
        quantities = {
            "api_request": 1.0,
            "lambda_request": 1 + 2 / batch,
            "sqs_request": self.calls["SendMessage"] + polled + to_deliveries,
            "sqs_fair_request": to_deliveries,
            "write_unit": self.write_units,
            "read_unit": self.read_units,
        }
        return sum(1e6 * quantity * price(name) for name, quantity in quantities.items())


def price(name: str) -> float:
    entry = prices()["usd"][name]
    return float(entry["price"]) / float(entry["per"])


def cost_of(exchanges: Iterable[Exchange], events: int, tables: Mapping[str, str]) -> Cost:
    """Of each of `events`. `tables`: the deployed names of "Events" and "Endpoints". Other tables and
    services are left out: what is read there is cached."""
    meter = _Meter(tables)
    for exchange in exchanges:
        meter.see(exchange)
    return Cost(
        {name: count / events for name, count in sorted(meter.calls.items())},
        meter.write_units / events,
        meter.read_units / events,
    )


class _Meter:
    def __init__(self, tables: Mapping[str, str]) -> None:
        self.calls: dict[str, int] = {}
        self.write_units = self.read_units = 0.0
        self._events, self._tables = tables["Events"], set(tables.values())
        self._items: dict[tuple[str, str], Item] = {}

    def see(self, exchange: Exchange) -> None:
        request, answer = exchange.request, exchange.answer
        if exchange.status != HTTPStatus.OK:
            raise ValueError(f"{exchange.operation} was answered {exchange.status}: {answer}")
        match exchange.operation:
            case "SendMessage" | "SendMessageBatch":
                pass
            case "PutItem" if request["TableName"] in self._tables:
                self._write(request["TableName"], request["Item"])
            case "UpdateItem" if request["TableName"] in self._tables:
                self._write(
                    request["TableName"], answer.get("Attributes") or updated(request["Key"], request)
                )
            case "GetItem" if request["TableName"] in self._tables:
                self._read([answer.get("Item", {})], bool(request.get("ConsistentRead")))
            case "BatchGetItem":
                self._read_batch(request, answer)
            case "BatchExecuteStatement":
                for statement, done in zip(request["Statements"], answer["Responses"], strict=True):
                    self._execute(statement, done)
            case "ExecuteStatement" | "BatchWriteItem" | "TransactWriteItems":
                if not any(name in str(request) for name in self._tables):
                    return
                raise ValueError(f"how many units a {exchange.operation} takes is not known here")
            case _:
                return
        self.calls[exchange.operation] = self.calls.get(exchange.operation, 0) + 1

    def _execute(self, statement: dict[str, Any], done: dict[str, Any]) -> None:
        """An INSERT, or an UPDATE of what was written before."""
        if "Error" in done:
            raise ValueError(f"{statement['Statement']} was answered {done['Error']}")
        kind, write = write_of(statement["Statement"], statement["Parameters"], ("event_id", "sk"))
        if kind == "INSERT":
            self._write(write["TableName"], write["Item"])
        else:
            key = (write["Key"]["event_id"]["S"], write["Key"]["sk"]["S"])
            self._write(write["TableName"], updated(self._items[key], write))

    def _write(self, table: str, item: Item) -> None:
        key = (item["event_id"]["S"], item["sk"]["S"])
        before = self._items.get(key, {})
        self._items[key] = dict(item)
        self.write_units += math.ceil(max(size(item), size(before)) / WRITE_BYTES)
        if table == self._events:
            self.write_units += sum(index_writes(names, before, item) for names in INDEXES)

    def _read_batch(self, request: dict[str, Any], answer: dict[str, Any]) -> None:
        """What is not there costs as much as the smallest item."""
        for table, wanted in request["RequestItems"].items():
            found = answer["Responses"].get(table, [])
            missing = len(wanted["Keys"]) - len(found)
            self._read([*found, *[{}] * missing], bool(wanted.get("ConsistentRead")))

    def _read(self, items: Iterable[Item], consistent: bool) -> None:
        units = sum(max(1, math.ceil(size(item) / READ_BYTES)) for item in items)
        self.read_units += units if consistent else units / 2
