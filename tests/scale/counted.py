"""What one event costs, counted: the real use cases, adapters and envelopes handle it, in a history of
`tests/simulation` in which nothing goes wrong but the endpoint. Sizes and units as in
`tests/integration/ops/meter.py`, which cites AWS's rules."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from doorbell_cli.ops.counted import prices
from tests.integration.ops.meter import index_writes, size
from tests.simulation.simulation import Simulation
from tests.simulation.story import START, Ring, Story, Target
from tests.support.fakes_dynamo import Key
from tests.support.fakes_expressions import Item
from tests.support.template import properties

EVENTS = 40
BODY_BYTES = 2_000
PACKED_BYTES = int(BODY_BYTES * prices()["assumed"]["gzip"])
"""What a body is in its item. Those of a history pack to nothing."""
PARKED_HOURS = 1.0


def indexes() -> dict[str, tuple[str, ...]]:
    """Key and projected attributes of each index of the Events table, by its name."""
    wanted = properties("EventsTable", "AWS::DynamoDB::Table")["GlobalSecondaryIndexes"]
    return {
        index["IndexName"]: (
            *(key["AttributeName"] for key in index["KeySchema"]),
            *index["Projection"]["NonKeyAttributes"],
        )
        for index in wanted
    }


@dataclass
class Units:
    """Of one event and its delivery: units by table or index, `shelf` by what it is used for."""

    written: Counter[str] = field(default_factory=Counter)
    read: Counter[str] = field(default_factory=Counter)

    def each(self, events: int) -> "Units":
        return Units(*(_divided(one, events) for one in (self.written, self.read)))


def _divided(units: Mapping[str, float], by: int) -> Counter[str]:
    divided: Counter[str] = Counter()
    divided.update({name: count / by for name, count in units.items()})
    return divided


class Counting:
    """Listens to a history. `units` is what is counted now."""

    def __init__(self, simulation: Simulation) -> None:
        self.units, self.indexes = Units(), indexes()
        simulation.tables.listeners.append(self._written)
        self._get = simulation.dynamo._get
        simulation.dynamo._get = self._read  # type: ignore[method-assign]

    def _written(self, table: str, key: Key, before: Item | None, after: Item | None) -> None:
        was, is_ = before or {}, after or {}
        body = PACKED_BYTES if key[1:] == ("event",) else 0
        self.units.written[table] += math.ceil((max(size(was), size(is_)) + body) / 1024)
        if table != "events":
            return
        for name, attributes in self.indexes.items():
            units = index_writes(attributes, was, is_)
            if units:
                self.units.written[_used(name, is_ if "shelf" in is_ else was)] += units

    def _read(self, table: str, key: Key, consistent: bool) -> dict[str, Any]:
        answer = self._get(table, key, consistent)
        units = max(1, math.ceil(size(answer.get("Item", {})) / 4096))
        self.units.read[table] += units if consistent else units / 2  # type: ignore[assignment]
        return answer


def _used(index: str, item: Item) -> str:
    """A row that moves from the one use of the shelves to the other counts where it ends."""
    if index != "shelf":
        return index
    return "shelf, history" if item["shelf"]["S"].startswith("done#") else "shelf, waiting"


@cache
def delivered() -> Units:
    """An event whose delivery goes well at once."""
    return _history(((0.0, "ok"),), until=math.inf).each(EVENTS)


@cache
def filed() -> Units:
    """An event whose endpoint is parked: to where its delivery sleeps on the waiting list."""
    down = ((0.0, "busy"), (PARKED_HOURS * 3600, "ok"))
    return _history(down, until=60.0, ring_at=10.0).each(EVENTS)


def _history(behaviour: tuple[tuple[float, str], ...], until: float, ring_at: float = 0.0) -> Units:
    """Of `EVENTS` that ring from `ring_at` on, to `until`. One before them parks the endpoint where that is
    down; it is not counted."""
    target = Target("s0", schedule=(0.0, 5.0, 300.0), max_age_hours=120.0, behaviour=behaviour)
    first = (Ring(0.0, "e0"),) if ring_at else ()
    rings = (*first, *(Ring(ring_at + n / 10, f"e{n}") for n in range(1, EVENTS + 1)))
    calm_at = behaviour[-1][0] + 100.0
    simulation = Simulation(Story(1, rings, (target,), calm_at=calm_at, new_environment=0.0))
    counting, found = Counting(simulation), Units()
    simulation.world.at(START + ring_at - 0.001, lambda: setattr(counting, "units", found))
    if until < math.inf:
        simulation.world.at(START + until, lambda: setattr(counting, "units", Units()))
    simulation.run()
    return found
