"""Row 12: an event that one subscription of 500 wants, against one of a tenant that has only that one.

Time is CPU time, warm and cold by turns in one process, medians. Cold is with the page of subscriptions to be
read; what is compared is what that adds to a warm event, with what the same page takes as it was read before:
by botocore's client, each item through its model.
"""

from collections.abc import Iterator
from statistics import median
from typing import Any

from tests.bench.answered import calls_at
from tests.bench.deployed import environ, run_inside
from tests.bench.line import Line
from tests.bench.stub_aws import stub_aws

MANY, ROUNDS = 500, 7
WARM, COLD = 1.3, 0.3
VERY_MANY = 20_000
BY_KEY = {"types": 2.0, "accounts": 3.0}
KINDS = {"types": "others want other types", "accounts": "each filters an account of its own"}


def lines() -> Iterator[Line]:
    with stub_aws("tests.bench.one_of_many_answers") as url:
        env = environ("FanoutFunction", url)
        for kind, what in KINDS.items():
            rounds = run_inside("one_of_many", env, kind, f"1,{MANY}", str(ROUNDS))["rounds"]
            yield from _lines(what, rounds)
        calls_at(url)
        run_inside("one_of_many", env, "types", str(MANY), "0")
        calls = calls_at(url)
        for kind, what in KINDS.items():
            by_key = environ("FanoutFunction", url, ROUTING_INDEX="true")
            rounds = run_inside("one_of_many", by_key, kind, f"1,{VERY_MANY}", str(ROUNDS))["rounds"]
            yield from _lines_by_key(what, rounds, BY_KEY[kind])
    yield Line(
        row="12",
        what=f"ten events of one tenant of {MANY} in a cold batch: reads of its page",
        against="one, and a small one that tells they are many",
        ratio=calls["Query"] / 2,
        goal=1.0,
        figures={f"calls_{name}": count for name, count in calls.items()},
    )


def _lines_by_key(what: str, rounds: list[dict[str, Any]], goal: float) -> Iterator[Line]:
    """Cold is the first event of a tenant in an environment: a small page, the index once or twice."""
    for how in ("warm", "cold"):
        each = {count: 1e3 * median(one[how][str(count)] for one in rounds) for count in (1, VERY_MANY)}
        yield Line(
            row="12",
            what=f"an event for one of {VERY_MANY:,} by the routing index, {what}: CPU, {how}",
            against=f"for one of one, {how}",
            ratio=each[VERY_MANY] / each[1],
            goal=goal,
            figures={f"ms_of_{count}": took for count, took in each.items()},
        )


def _lines(what: str, rounds: list[dict[str, Any]]) -> Iterator[Line]:
    def cpu(how: str, count: int) -> float:
        return float(1e3 * median(one[how][str(count)] for one in rounds))

    names = ("warm", "cold", "before")
    figures = {f"{how}_ms_of_{count}": cpu(how, count) for how in names for count in (1, MANY)}
    yield Line(
        row="12",
        what=f"an event for one of {MANY}, {what}: CPU, warm",
        against="for one of one",
        ratio=cpu("warm", MANY) / cpu("warm", 1),
        goal=WARM,
        figures=figures,
    )
    yield Line(
        row="12",
        what="the same, cold: CPU for its page",
        against="the page by botocore's client and the model",
        ratio=(cpu("cold", MANY) - cpu("warm", MANY)) / cpu("before", MANY),
        goal=COLD,
        figures=figures,
    )
