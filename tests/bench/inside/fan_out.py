"""Fan-out as it is deployed: events of tenants with few and with many subscriptions, by turns.

Arguments: the counts of subscriptions, joined by commas; how many rounds.
"""

import itertools
import sys
import time
from typing import Any

import app
from github import push
from measure import peak_kib, told
from records import Context, event_record, inline

COUNTS = [int(count) for count in sys.argv[1].split(",")]
ROUNDS = int(sys.argv[2])
A_ROUND = 1000
"""Subscriptions that are served in one round, at least: a tenant with one has its event a thousand times."""
_numbers = itertools.count()


def event(count: int) -> dict[str, Any]:
    """A batch of one message: a push of 2 KB to a tenant with `count` subscriptions that is new each time, so
    that no size finds its subscriptions cached."""
    number = next(_numbers)
    return {"Records": [event_record(number, f"tenant-{number}-{count}", inline(push()))]}


def taken(count: int) -> tuple[float, float]:
    """Wall and CPU seconds for each subscription of a tenant that has `count`."""
    events = [event(count) for _ in range(max(1, A_ROUND // count))]
    wall, cpu = time.perf_counter(), time.process_time()
    for one in events:
        answer = app.handler(one, Context(3600))
        assert answer == {"batchItemFailures": []}, answer
    served = len(events) * count
    return (time.perf_counter() - wall) / served, (time.process_time() - cpu) / served


def main() -> None:
    app.handler(event(1), Context(3600))
    before = peak_kib()
    rounds = [{count: taken(count) for count in COUNTS} for _ in range(ROUNDS)]
    told({"rounds": rounds, "before_kib": before, "peak_kib": peak_kib()})


if __name__ == "__main__":
    main()
