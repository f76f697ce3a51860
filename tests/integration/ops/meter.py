"""Counts what AWS would bill: calls, DynamoDB's write and read units, index writes included.

It listens to boto3's clients, so it counts what the code does, not what somebody thinks it does. Sizes and
units after https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html and
…/GSI.html ("Provisioned throughput considerations"): a change of an index's key is two writes of it.
"""

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.support.fakes_expressions import updated
from tests.support.template import properties

type Item = dict[str, dict[str, Any]]


def _indexes() -> list[tuple[str, ...]]:
    """Key and projected attributes of each index of the Events table."""
    wanted = properties("EventsTable", "AWS::DynamoDB::Table")["GlobalSecondaryIndexes"]
    return [
        (*(key["AttributeName"] for key in index["KeySchema"]), *index["Projection"]["NonKeyAttributes"])
        for index in wanted
    ]


INDEXES = _indexes()


@dataclass
class Meter:
    calls: Counter[str] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)
    write_units: float = 0
    index_units: float = 0
    read_units: float = 0
    event_bytes: int = 0
    event_reads: int = 0
    delivery_bytes: int = 0
    items: dict[str, Item] = field(default_factory=dict)

    def listen(self, client: Any) -> None:
        client.meta.events.register("provide-client-params.*.*", self._before)
        client.meta.events.register("after-call.*.*", self._after)

    def reset(self) -> None:
        items = self.items
        self.__init__()  # type: ignore[misc]
        self.items = items

    def _before(self, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["metered"] = dict(params)

    def _after(self, model: Any, parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        service, operation = model.service_model.service_name, model.name
        params = context["metered"]
        self.calls[f"{service}.{operation}"] += 1
        if service == "sqs":
            self.messages[params["QueueUrl"].rsplit("/", 1)[-1]] += len(params.get("Entries", [0]))
        elif operation == "PutItem":
            self._write(params["TableName"], params["Item"])
        elif operation == "UpdateItem":
            self._write(params["TableName"], parsed.get("Attributes") or self._written(params))
        elif operation == "GetItem":
            self._read([parsed["Item"]] if "Item" in parsed else [], params)
        elif operation == "Query":
            self._read(parsed["Items"], params)

    def _write(self, table: str, item: Item) -> None:
        """Of an item whose update does not answer it nothing is known but that it is small."""
        sk, key = item.get("sk", {}).get("S", ""), _name(table, item)
        before, self.items[key] = self.items.get(key, {}), dict(item)
        if sk == "event":
            self.event_bytes = size(item)  # billed by the body's size: see `bill`
        else:
            self.write_units += math.ceil(max(size(item), size(before)) / 1024)
        if sk.startswith("delivery#"):
            self.delivery_bytes = max(self.delivery_bytes, size(item))
        if table == "EventsTable":
            self.index_units += sum(index_writes(names, before, item) for names in INDEXES)

    def _written(self, params: dict[str, Any]) -> Item:
        """What an update that does not ask for it has made: of what is not counted by its size, the key."""
        table, key = params["TableName"], params["Key"]
        if table != "EventsTable":
            return dict(key)
        return updated(self.items.get(_name(table, key), key), params)

    def _read(self, items: list[Item], params: dict[str, Any]) -> None:
        if any(item.get("sk", {}).get("S") == "event" for item in items):
            self.event_reads += 1
            return
        units = max(1, math.ceil(sum(map(size, items)) / 4096))
        self.read_units += units if params.get("ConsistentRead") else units / 2


def _name(table: str, item: Item) -> str:
    return f"{table}/{item.get('event_id', {}).get('S')}/{item.get('sk', {}).get('S', '')}"


def size(item: Item) -> int:
    return sum(len(name.encode()) + _value(value) for name, value in item.items())


def _value(value: dict[str, Any]) -> int:
    ((kind, inside),) = value.items()
    match kind:
        case "S":
            return len(inside.encode())
        case "N":
            return len(inside.replace(".", "").strip("0")) // 2 + 2
        case "B":
            return len(inside)
        case "L":
            return 3 + sum(1 + _value(entry) for entry in inside)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value(entry) for name, entry in inside.items())
        case _:
            return 1


def index_writes(names: tuple[str, ...], before: Item, after: Item) -> int:
    key = names[:2]
    was, is_ = all(name in before for name in key), all(name in after for name in key)
    if was and is_:
        if any(before[name] != after[name] for name in key):
            return 2
        return int(any(before.get(name) != after.get(name) for name in names))
    return int(was or is_)
