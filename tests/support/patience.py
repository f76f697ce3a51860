"""How long a test waits for what must come. A machine that is busy is no failure: only what never comes is.

The seconds that a test names are what a quiet machine needs at most; a test that passes waits for no more
than what it waits for.
"""

from time import monotonic

PATIENCE = 5
HANG_SECONDS = 900
"""After so many seconds a test of the local stack hangs, and is ended. The first one of a process builds and
deploys a stack within its time."""


COMES_AGAIN_SECONDS = 420
"""The local AWS is one process. Where it does not answer a function in time, as it may on a busy machine, the
function gives its message back, which comes again after its queue's visibility time-out of six minutes."""


def longest(seconds: float) -> float:
    """For so many seconds what should take `seconds` is waited for."""
    return max(PATIENCE * seconds, COMES_AGAIN_SECONDS)


def latest(seconds: float) -> float:
    """The moment of `monotonic()` at which the wait is given up."""
    return monotonic() + longest(seconds)
