"""Row 6: one sweep over 100,000 due deliveries.

The floor of calls: a SendMessageBatch for ten messages, an UpdateItem for each delivery, a Query for each
page of the due index. The floor of time: a bare boto3 client that makes these calls (but the Queries) on as
many threads, by turns with ours. "A minute": the sweep begins a minute after the last one, stops by itself
ten seconds before its Timeout, and Lambda gives a function MemorySize / 1,769 MB of a processor.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""

from collections.abc import Iterator
from statistics import median
from typing import Any

from tests.bench.answered import calls_at
from tests.bench.deployed import environ, memory_megabytes, run_inside
from tests.bench.line import Line
from tests.bench.stub_aws import stub_aws
from tests.bench.sweeper_answers import pages

DUE = 100_000
ROUND, ROUNDS = 5_000, 4
SECONDS = 55 - 10
"""Timeout in the template, less what the function keeps back."""
MEGABYTES_A_PROCESSOR = 1769


def lines() -> Iterator[Line]:
    with stub_aws("tests.bench.sweeper_answers") as url:
        beside = _run(url, ROUND, ROUNDS)
        calls_at(url)
        whole = _run(url, DUE, 0)
        calls = calls_at(url)
    ((wall, cpu),) = whole["ours"]
    share = min(1.0, memory_megabytes("SweeperFunction") / MEGABYTES_A_PROCESSOR)
    figures = {"wall_s": wall, "cpu_s": cpu, "processor_share": share, "peak_kib": whole["peak_kib"], **calls}
    floor = DUE + DUE // 10 + pages(f"due-{DUE}")
    yield Line(
        row="6",
        what="sweeper, 100,000 due: calls",
        against="one for each item, one for ten messages, one for each page",
        ratio=sum(calls.values()) / floor,
        goal=1.1,
        figures={"floor": floor, **calls},
    )
    yield Line(
        row="6",
        what="sweeper, 100,000 due: CPU seconds at its MemorySize",
        against="the 45 s that one sweep has",
        ratio=cpu / share / SECONDS,
        goal=1.0,
        figures=figures,
    )
    yield Line(
        row="6",
        what=f"sweeper, {ROUND:,} due: wall time",
        against="a bare boto3 client making the floor's calls",
        ratio=median(s for s, _ in beside["ours"]) / median(s for s, _ in beside["floor"]),
        goal=1.1,
        figures={
            "ours_s": median(s for s, _ in beside["ours"]),
            "floor_s": median(s for s, _ in beside["floor"]),
        },
    )


def _run(url: str, due: int, rounds: int) -> dict[str, Any]:
    env = environ("SweeperFunction", url, EVENTS_TABLE=f"due-{due}")
    return run_inside("sweeper", env, str(due), str(rounds))
