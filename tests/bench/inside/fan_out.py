"""Fan-out as it is deployed: events of tenants with few and with many subscriptions, by turns.

Arguments: the counts of subscriptions, joined by commas; how many rounds.
"""

import base64
import itertools
import json
import sys
import time
from typing import Any

import app
from github import push
from measure import told

COUNTS = [int(count) for count in sys.argv[1].split(",")]
ROUNDS = int(sys.argv[2])
A_ROUND = 1000
"""Subscriptions that are served in one round, at least: a tenant with one has its event a thousand times."""
_numbers = itertools.count()


def event(count: int) -> dict[str, Any]:
    """A batch of one message: a push of 2 KB to a tenant with `count` subscriptions that is new each time, so
    that no size finds its subscriptions cached."""
    number, body = next(_numbers), push()
    message = {
        "v": 1,
        "ingest_id": f"{number:032x}",
        "event_id": f"evt_{number:032d}",
        "tenant_id": f"tenant-{number}-{count}",
        "source_id": "github-bench",
        "provider": "github",
        "event_type": "push",
        "window": 86_400,
        "received_at": time.time(),
        "content_type": "application/json",
        "headers": {
            "content-type": "application/json",
            "x-github-event": "push",
            "user-agent": "GitHub-Hookshot/1",
        },
        "size": len(body),
        "body": base64.b64encode(body.encode()).decode(),
    }
    return {"Records": [{"messageId": str(number), "body": json.dumps(message)}]}


def taken(count: int) -> tuple[float, float]:
    """Wall and CPU seconds for each subscription of a tenant that has `count`."""
    events = [event(count) for _ in range(max(1, A_ROUND // count))]
    wall, cpu = time.perf_counter(), time.process_time()
    for one in events:
        answer = app.handler(one, None)
        assert answer == {"batchItemFailures": []}, answer
    served = len(events) * count
    return (time.perf_counter() - wall) / served, (time.process_time() - cpu) / served


def peak_kib() -> int:
    """The most memory this process ever held."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


def main() -> None:
    app.handler(event(1), None)
    before = peak_kib()
    rounds = [{count: taken(count) for count in COUNTS} for _ in range(ROUNDS)]
    told({"rounds": rounds, "before_kib": before, "peak_kib": peak_kib()})


if __name__ == "__main__":
    main()
