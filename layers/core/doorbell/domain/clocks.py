"""The one clock: when the next message is sent, and when the sweeper must look.

Up to SQS's longest delay the worker sends the next message itself and the sweeper looks a grace later;
beyond it the sweeper sends it.

And both clocks of a process: how old is what it keeps between invocations.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

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


@dataclass(frozen=True, slots=True)
class Moment:
    """As both clocks told it, in seconds."""

    running: float
    wall: float

    def after(self, since: "Moment") -> float:
        """Seconds: the greater of what both clocks say."""
        return max(self.running - since.running, abs(self.wall - since.wall))


NEVER = Moment(-math.inf, -math.inf)


@dataclass(frozen=True, slots=True)
class Clocks:
    """What is kept between invocations is as old as the greater of two clocks says.

    `running` never goes back, but may stand still while a Lambda sandbox is frozen: CLOCK_MONOTONIC does not
    count the time that a system is suspended. `wall` goes on, but may be set: by how far it moved, forward or
    back, counts as age. So nothing is kept longer than either clock allows.
    https://man7.org/linux/man-pages/man2/clock_gettime.2.html
    https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
    """

    running: Callable[[], float]
    wall: Callable[[], float]

    def now(self) -> Moment:
        return Moment(self.running(), self.wall())

    def age(self, since: Moment) -> float:
        """Seconds. Infinite for `NEVER`."""
        return self.now().after(since)

    def told(self, wall: float) -> Self:
        """The same, where the wall clock has already been read."""
        return type(self)(self.running, lambda: wall)


CLOCKS = Clocks(time.monotonic, time.time)
"""This process's."""
