"""How large DynamoDB takes an item to be, and what it bills for writing it.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

import math
from collections.abc import Mapping
from typing import Any

WRITE_BYTES = 1024


def write_units(size: int) -> int:
    return math.ceil(size / WRITE_BYTES)


def item_bytes(item: Mapping[str, Any]) -> int:
    """Of an item in DynamoDB's own form; numbers are told to the byte by nobody."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Mapping[str, Any]) -> int:
    ((kind, inside),) = value.items()
    match kind:
        case "S":
            return len(inside.encode())
        case "N":
            return len(inside) // 2 + 2
        case "B":
            return len(inside)
        case "SS" | "NS" | "BS":
            return sum(map(len, inside))
        case "L":
            return 3 + sum(1 + _value_bytes(entry) for entry in inside)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value_bytes(entry) for name, entry in inside.items())
    return 1
