"""Sweeper: every minute. Whatever is due gets a message, and so does every list of those who wait; where a
job is due its function is called; listeners that are away for good are ended; then people are told what goes
wrong."""

from time import time
from typing import Any

from doorbell.runtime import sweeping, telling, wiring
from doorbell.runtime.invocation import invocation
from doorbell.usecases.watch_itself import LagKept

STOP_BEFORE_END_SECONDS = 10
TELL_BEFORE_END_SECONDS = 5

measured = LagKept(wiring.metrics())
sweep, call_wakes, tell = sweeping.sweep(measured), sweeping.call_wakes(), telling.telling(measured)
fly_canaries, call_jobs = sweeping.fly_canaries(), sweeping.call_jobs()
end_listeners = sweeping.end_listeners()


@invocation
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    fly_canaries()
    call_wakes()
    call_jobs()
    end_listeners()
    end = time() + context.get_remaining_time_in_millis() / 1000
    try:
        return {"swept": sweep(stop_at=end - STOP_BEFORE_END_SECONDS)}
    finally:
        tell(stop_at=end - TELL_BEFORE_END_SECONDS)
