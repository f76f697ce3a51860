"""Fan-out as it is deployed: batches of nine small tenants, alone and beside a costly one, by turns.

Arguments: what is costly ("filters", "globs"); how many rounds.
"""

import gc
import itertools
import sys
import time
from typing import Any

import app
from github import push
from measure import told
from records import Context, event_record, inline

from doorbell.runtime.wiring import client

KIND, ROUNDS = sys.argv[1], int(sys.argv[2])
NEIGHBOURS = [f"neighbour-{number}" for number in range(9)]
TOO_LATE_FOR_LONG_TURNS = 19
_numbers = itertools.count()
_sent: list[tuple[float, int]] = []


def on_sent(parsed: dict[str, Any], **_: Any) -> None:
    _sent.append((time.perf_counter(), len(parsed["Successful"])))


def batch(costly: str | None, place: int) -> dict[str, Any]:
    tenants = list(NEIGHBOURS)
    if costly is not None:
        tenants.insert(place, costly)
    return {"Records": [event_record(next(_numbers), tenant, inline(push())) for tenant in tenants]}


def taken(costly: str | None, place: int) -> float:
    """Seconds until the nine's messages are taken, which go in the first call."""
    one = batch(costly, place)
    _sent.clear()
    gc.collect()
    began = time.perf_counter()
    answer = app.handler(one, Context(TOO_LATE_FOR_LONG_TURNS))
    assert answer == {"batchItemFailures": []}, answer
    at, how_many = _sent[0]
    assert how_many == len(NEIGHBOURS), how_many
    return at - began


def main() -> None:
    client("sqs").meta.events.register("after-call.sqs.SendMessageBatch", on_sent)
    times: dict[str, list[float]] = {"alone": [], "known": [], "first met": []}
    for number in range(ROUNDS + 2):
        costly = {"alone": None, "known": f"costly-{KIND}-0", "first met": f"costly-{KIND}-{number}"}
        turn = number % len(costly)
        for case in [*costly, *costly][turn : turn + len(costly)]:
            times[case].append(taken(costly[case], number % 10))
    told({case: all_of_it[2:] for case, all_of_it in times.items()})


if __name__ == "__main__":
    main()
