"""What each delivery's item costs in a history: write units as DynamoDB bills them, those of its indexes and
of writes that were refused included. Sizes and index writes are reckoned as in
`tests/integration/ops/meter.py`."""

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from tests.integration.ops.meter import INDEXES, index_writes, size
from tests.simulation.simulation import Simulation
from tests.support.fakes_dynamo import Key
from tests.support.fakes_expressions import Item


class Meter:
    """`units` by the key of an item of the Events table."""

    def __init__(self, simulation: Simulation) -> None:
        self.units: Counter[Key] = Counter()
        simulation.tables.listeners.append(self._written)
        self._sound = simulation.dynamo._check
        simulation.dynamo._check = self._checked  # type: ignore[method-assign]

    def _written(self, table: str, key: Key, before: Item | None, after: Item | None) -> None:
        if table == "events" and after is not None:
            there = before or {}
            self.units[key] += math.ceil(max(size(after), size(there)) / 1024)
            self.units[key] += sum(index_writes(names, there, after) for names in INDEXES)

    def _checked(self, table: str, key: Key, given: Mapping[str, Any], others: list[str]) -> Item | None:
        try:
            return self._sound(table, key, given, others)
        except ClientError:
            self.units[key] += 1
            raise
