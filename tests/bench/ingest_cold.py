"""Row 2: a cold start, from the interpreter's start to a handler that is ready, as the function is built.

Against a file that imports boto3 and makes one SQS client: ingest makes two clients and loads its own code.
The second line goes on to the first answer. There ingest does what the bare file does not: three calls for
one (it reads the source and its secret too), a third client, and pydantic, which reads the source.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from statistics import median

from tests.bench.deployed import INSIDE, environ
from tests.bench.line import Line
from tests.bench.stub_aws import stub_aws

GOAL = 1.20
STARTS = 25


def lines() -> Iterator[Line]:
    with stub_aws("tests.bench.ingest_answers") as url:
        env = environ("IngestFunction", url)
        ready, answered = _by_turns(env), _by_turns(env, "send")
    yield _line("ingest, cold: import and clients, CPU", "import boto3, one SQS client", ready, GOAL)
    bare = "import boto3, one client, one send_message"
    yield _line("ingest, cold, to its first answer, CPU", bare, answered)


def _line(what: str, against: str, found: dict[str, float], goal: float | None = None) -> Line:
    ratio = found["ours_cpu_ms"] / found["bare_cpu_ms"]
    return Line(row=2, what=what, against=against, ratio=ratio, goal=goal, figures=found)


def _by_turns(env: Mapping[str, str], *arguments: str) -> dict[str, float]:
    """Medians in ms, less what an empty interpreter takes."""
    empty, ours, bare = ["-c", ""], [str(INSIDE / "ingest_first.py")], [str(INSIDE / "bare_sqs.py")]
    taken: dict[str, list[float]] = {"empty": [], "ours": [], "bare": []}
    for number in range(STARTS + 1):
        for name, script in (("empty", empty), ("ours", ours), ("bare", bare)):
            cpu = _cpu_seconds([sys.executable, "-S", *script, *arguments], env)
            if number:  # the first fills the disk's cache
                taken[name].append(cpu)
    floor = median(taken["empty"])
    return {f"{name}_cpu_ms": 1000 * (median(taken[name]) - floor) for name in ("ours", "bare")}


def _cpu_seconds(command: list[str], env: Mapping[str, str]) -> float:
    """User and system time of one child."""
    with subprocess.Popen(command, env=dict(env), stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime
