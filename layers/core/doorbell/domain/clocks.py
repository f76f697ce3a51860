"""The one clock: when the next message is sent, and when the sweeper must look.

Up to SQS's longest delay the worker sends the next message itself and the sweeper looks a grace later;
beyond it the sweeper sends it.
"""

import math
from dataclasses import dataclass

SQS_MAX_DELAY_SECONDS = 900
"""https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html"""


@dataclass(frozen=True, slots=True)
class Plan:
    """`message_delay` in whole seconds, or None when the sweeper will send the message at `due_at`."""

    next_attempt_at: float
    due_at: float
    message_delay: int | None


def plan(next_attempt_at: float, *, now: float, grace: float, reach: float = SQS_MAX_DELAY_SECONDS) -> Plan:
    """`reach`: the longest wait in seconds that a message of its own is spent on."""
    wait = max(0, math.ceil(next_attempt_at - now))
    if wait <= min(reach, SQS_MAX_DELAY_SECONDS):
        return Plan(next_attempt_at, next_attempt_at + grace, wait)
    return Plan(next_attempt_at, next_attempt_at, None)
