"""What a message of the inbox queue means."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from doorbell.domain.errors import DoorbellError


class Unreadable(DoorbellError):
    """A message that nobody can make an event of: it says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Found:
    """`key` is the service's id. `at`: when it says that it happened. `headers`: what else it says."""

    key: str
    type: str
    data: Any
    at: float | None
    headers: Mapping[str, str]
    hops: int
