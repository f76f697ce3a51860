"""Row 10: how long nine tenants' messages take beside a costly tenant's event, against the nine alone.

One batch of fan-out each, by turns: nine events of 2 KB of nine tenants with one subscriber, without and with
an event of a tenant of 500 subscriptions, who have the costliest filters that are allowed, or 100 of the
longest globs each. Time is from the batch's begin until SQS has taken the nine messages. The costly tenant is
known to the environment, or is met for the first time in ten minutes: then it is asked whether they are few.
"""

from collections.abc import Iterator
from statistics import median

from tests.bench.deployed import environ, run_inside
from tests.bench.line import Line
from tests.bench.stub_aws import stub_aws

ROUNDS = 60
GOAL = 1.2
COSTS = {"filters": "the costliest filters", "globs": "100 globs each"}


def lines() -> Iterator[Line]:
    with stub_aws("tests.bench.neighbours_answers") as url:
        for kind, costs in COSTS.items():
            env = environ("FanoutFunction", url)
            taken = run_inside("neighbours", env, kind, str(ROUNDS))
            alone = median(taken["alone"])
            for case, goal in (("known", GOAL), ("first met", None)):
                beside = median(taken[case])
                yield Line(
                    row="10",
                    what=f"nine neighbours of 500 subscriptions with {costs}, {case}: until they are sent",
                    against="the nine alone",
                    ratio=beside / alone,
                    goal=goal,
                    figures={"alone_ms": 1e3 * alone, "beside_ms": 1e3 * beside},
                )
