"""Back-fill: every five minutes, where it is switched on. Of the sources that are due, what never came."""

from time import time
from typing import Any

from doorbell.runtime import backfilling
from doorbell.runtime.invocation import invocation

STOP_BEFORE_END_SECONDS = 40

back_fill_due = backfilling.back_fill_due()


@invocation
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    left = context.get_remaining_time_in_millis() / 1000
    return {"looked_at": back_fill_due(stop_at=time() + left - STOP_BEFORE_END_SECONDS)}
