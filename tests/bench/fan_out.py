"""Row 5: one event to 1, 10, 100, 1,000 and 10,000 subscriptions, against itself at 1.

Time is CPU time for each subscription that is served, the sizes by turns in one process, the median of the
rounds. A hidden square would show between 100, 1,000 and 10,000, where the event's own cost is spread thin.
10,000 cannot keep its subscriptions cached: serving them takes about as long as the cache lives, so they are
read and parsed for every event, as they would be. Memory is the peak of a process that has served one tenant
of that size and no other. Flat means: what 10,000 add to the peak of the whole process is bounded by the
cache of subscriptions (24 pages of 500), and is no more than a quarter of it.
"""

from collections.abc import Iterator
from statistics import median
from typing import Any

from tests.bench.answered import calls_at
from tests.bench.deployed import environ, run_inside
from tests.bench.line import Line
from tests.bench.stub_aws import stub_aws

COUNTS = (1, 10, 100, 1_000, 10_000)
ROUNDS = 3
FLAT = 1.25
NOISE = 1.25
"""What should be equal is measured on a machine that does other things too; a square would be 10 and 100."""


def lines() -> Iterator[Line]:
    with stub_aws("tests.bench.fan_out_answers") as url:
        rounds = _run(url, COUNTS, ROUNDS)["rounds"]
        peaks, calls = {}, {}
        for count in COUNTS[2:]:
            calls_at(url)
            peaks[count] = _run(url, (count,), 1)["peak_kib"]
            calls[count] = sum(calls_at(url).values())
    cpu = {count: median(one[str(count)][1] for one in rounds) for count in COUNTS}
    figures = {f"cpu_us_a_subscription_at_{count}": 1e6 * cpu[count] for count in COUNTS}
    for count in COUNTS[1:]:
        yield _time(cpu, count, 1, 1.0, figures)
    for count in COUNTS[3:]:
        yield _time(cpu, count, 100, NOISE, figures)
    for count in COUNTS[3:]:
        yield Line(
            row="5",
            what=f"fan-out to {count:,}: peak memory",
            against="itself at 100",
            ratio=peaks[count] / peaks[100],
            goal=FLAT,
            figures={
                **{f"peak_kib_at_{n}": peak for n, peak in peaks.items()},
                f"calls_at_{count}": calls[count],
            },
        )


def _time(cpu: dict[int, float], count: int, against: int, goal: float, figures: dict[str, float]) -> Line:
    return Line(
        row="5",
        what=f"fan-out to {count:,}: CPU for each subscription",
        against=f"itself at {against:,}",
        ratio=cpu[count] / cpu[against],
        goal=goal,
        figures=figures,
    )


def _run(url: str, counts: tuple[int, ...], rounds: int) -> dict[str, Any]:
    env = environ("FanoutFunction", url)
    return run_inside("fan_out", env, ",".join(map(str, counts)), str(rounds))
