"""Jobs: called by the sweeper where one is due. Of each a slice in turn, while there is time."""

from time import time
from typing import Any

from doorbell.runtime import working_off
from doorbell.runtime.invocation import invocation

STOP_BEFORE_END_SECONDS = 60

work_off = working_off.work_off()


@invocation
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    left = context.get_remaining_time_in_millis() / 1000
    return {"slices": work_off(stop_at=time() + left - STOP_BEFORE_END_SECONDS)}
