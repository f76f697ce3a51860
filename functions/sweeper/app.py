"""Sweeper: every minute. Whatever is due gets a message."""

from time import time
from typing import Any

from doorbell.runtime import sweeping, wiring

STOP_BEFORE_END_SECONDS = 10

sweep = sweeping.sweep()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    left = context.get_remaining_time_in_millis() / 1000
    try:
        return {"swept": sweep(stop_at=time() + left - STOP_BEFORE_END_SECONDS)}
    finally:
        wiring.metrics().flush()
