"""Marks the stages of a script that runs under Valgrind, so that one run gives the count of each.

A child forked at a stage has executed all that the script has until then, does the stage's work and ends
without tidying up; Valgrind reports every process it has seen, by its id. Fork before any thread starts.
"""

import json
import os
import sys
import traceback
from collections.abc import Callable

REQUESTS = 30
"""What one more request costs is the mean of so many, after a first one that pays for connections."""
FEW = 4
"""The same, of requests that take long."""

_process_of: dict[str, int] = {}


def stage(name: str, work: Callable[[], object] = lambda: None, times: int = 1) -> None:
    process = os.fork()
    if process == 0:
        os._exit(_status(work, times))
    assert os.waitpid(process, 0)[1] == 0, f"the stage {name!r} failed"
    _process_of[name] = process


def _status(work: Callable[[], object], times: int) -> int:
    try:
        for _ in range(times):
            work()
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def requests(work: Callable[[], object], more: int = REQUESTS) -> None:
    """The first request, and so many more."""
    stage("first", work)
    stage("more", work, 1 + more)


def told() -> None:
    """Stage → id of its process, to the file that is this script's last argument."""
    with open(sys.argv[-1], "w") as file:
        json.dump(_process_of, file)
