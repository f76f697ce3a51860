"""How long a test waits for what must come. A machine that is busy is no failure: only what never comes is.

The seconds that a test names are what a quiet machine needs at most; a test that passes waits for no more
than what it waits for.
"""

from time import monotonic

PATIENCE = 5
HANG_SECONDS = 900
"""After so many seconds a test of the local stack hangs, and is ended. The first one of a process builds and
deploys a stack within its time."""


def latest(seconds: float) -> float:
    """The moment of `monotonic()` at which the wait is given up."""
    return monotonic() + PATIENCE * seconds
