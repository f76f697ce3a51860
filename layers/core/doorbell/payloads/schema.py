"""JSON Schema of a source's bodies."""

from collections.abc import Mapping
from typing import Any


def check(schema: Mapping[str, Any], body: bytes) -> None:
    raise NotImplementedError
