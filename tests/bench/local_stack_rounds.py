"""The local stack at a fixed offered load, again and again: whether a run collapses.

`python -m tests.bench.local_stack_rounds EVENTS_A_SECOND ROUNDS` prints a line for each round of eight
seconds: the time from the moment a request was due to its arrival, CPU of MiniStack and of the functions, and
all that the machine did meanwhile; it exits with 1 where the median of a round is a second or more.
"""

import sys
import time
from functools import partial
from pathlib import Path

from doorbell_cli.stack import Progress, local_stack
from tests.bench.local_stack import WAIT_SECONDS, WARM_UP, both_phases
from tests.bench.local_stack_host import cpu_seconds, files_in_memory
from tests.bench.local_stack_load import as_fast_as_taken, at_rate, rings
from tests.bench.local_stack_subscriber import arrivals
from tests.support.gateway import Gateway

ROUND_SECONDS = 8
COLLAPSED_SECONDS = 1.0
TICKS_A_SECOND = 100


def busy_seconds() -> float:
    """Of all processors since the machine began."""
    user, nice, system = Path("/proc/stat").read_text().split()[1:4]
    return (int(user) + int(nice) + int(system)) / TICKS_A_SECOND


def main(per_second: float, rounds: int) -> int:
    collapsed = 0
    parameters = {"GraceSeconds": "900"}
    with files_in_memory(), arrivals() as seen, local_stack(Progress(quiet=True), parameters) as stack:
        gateway = Gateway(stack)
        source = gateway.put_source()
        gateway.put_subscription(source, seen.url)
        url = f"{stack.api_url}/in/{source}"
        both_phases(seen, rings(WARM_UP), partial(as_fast_as_taken, url, seconds=WAIT_SECONDS))
        for number in range(rounds):
            wanted = rings(int(per_second * ROUND_SECONDS))
            began, busy, before = time.monotonic(), busy_seconds(), cpu_seconds(stack)
            sent, came = both_phases(seen, wanted, partial(at_rate, url, per_second=per_second))
            own, functions = (after - then for after, then in zip(cpu_seconds(stack), before, strict=True))
            late = sorted(at - sent.at[name] for name, at in came.items())
            median, most = late[len(late) // 2], late[int(len(late) * 0.99)]
            collapsed += median >= COLLAPSED_SECONDS
            print(
                f"{number + 1:>3}: p50 {median * 1e3:.0f} ms, p99 {most * 1e3:.0f} ms; "
                f"CPU: MiniStack {own:.1f} s, functions {functions:.1f} s, "
                f"everything {busy_seconds() - busy:.1f} s in {time.monotonic() - began:.1f} s",
                flush=True,
            )
    print(f"{collapsed} of {rounds} rounds collapsed")
    return int(collapsed > 0)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2])))
