"""Event ids as people type them: whole, or the beginning of one."""

import re
import time

from doorbell.domain.log import DAY_SECONDS
from doorbell_cli.ops.beginnings import NEWEST, begun
from doorbell_cli.ops.reading import event_log
from doorbell_cli.target import Target

__all__ = ["LOOK_BACK_DAYS", "NEWEST", "is_whole", "whole_event_id"]

LOOK_BACK_DAYS = 7
"""Each day costs six queries of the event log."""
_WHOLE = re.compile(r"evt_[a-z2-7]{32}(_\d+)?")


def is_whole(text: str) -> bool:
    return _WHOLE.fullmatch(text) is not None


def whole_event_id(target: Target, text: str, tenant: str) -> str:
    """The id that begins so, among a tenant's newest events; what is none of theirs as it is. Refuses a
    beginning that several have."""
    if is_whole(text):
        return text
    now = time.time()
    log = event_log(target).between(tenant, now - LOOK_BACK_DAYS * DAY_SECONDS, now, newest_first=True)
    return begun(text, (row.event_id for row in log), "events")
