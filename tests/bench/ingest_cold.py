"""Rows 2 and 2b: a cold start, from the interpreter's start to a handler that is ready, and on to its first
answer, which is what a provider waits for. As the function is built, beside the handler that AWS's
documentation shows, as Lambda's runtime and Powertools' layer give it.

Until it is ready ingest makes two clients and loads its own code; for its first answer it makes a third,
reads the source and its secret too, three calls for one, and holds the source to its rules. The stub speaks
plain HTTP; in the last line it speaks TLS, as AWS does, and each client has to read its CA certificates.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench.certificates import trusted_by
from tests.bench.deployed import INSIDE, as_documented, environ
from tests.bench.ingest_warm import AGAINST
from tests.bench.line import Line
from tests.bench.stub_aws import stub_aws
from tests.guard.counting import Cost, cost, has_valgrind

READY, ANSWERED = 1.20, 1.30
STARTS = 25


def lines() -> Iterator[Line]:
    with stub_aws("tests.bench.ingest_answers") as url:
        yield _cpu("2", "ingest, cold: import and clients, CPU", READY, _by_turns(url))
        yield _cpu("2b", "ingest, cold, to its first answer, CPU", ANSWERED, _by_turns(url, "answer"))
        if has_valgrind():
            yield from _instructions(url)
    with TemporaryDirectory() as folder:
        trust = trusted_by(Path(folder))
        with stub_aws("tests.bench.ingest_answers", **trust.served) as url:
            found = _by_turns(url, "answer", **trust.asked)
    yield _cpu("2b", "ingest, cold, to its first answer, over TLS, CPU", ANSWERED, found)


def _cpu(row: str, what: str, goal: float, found: dict[str, float]) -> Line:
    ratio = found["ours_cpu_ms"] / found["documented_cpu_ms"]
    return Line(row=row, what=what, against=AGAINST, ratio=ratio, goal=goal, figures=found)


def _instructions(url: str) -> Iterator[Line]:
    """As `tests/guard` counts them: the same on any machine, however busy."""
    with TemporaryDirectory() as folder:
        ours = _counted("ingest", environ("IngestFunction", url), Path(folder))
        theirs = _counted("as_documented", as_documented(url), Path(folder))
    ratios = ours / theirs
    for row, what, name, goal in (
        ("2", "ingest, cold: import and clients, instructions", "import", READY),
        ("2b", "ingest, cold, to its first answer, instructions", "first answer", ANSWERED),
    ):
        yield Line(row=row, what=what, against=AGAINST, ratio=ratios[name], goal=goal)


def _counted(script: str, env: Mapping[str, str], folder: Path) -> Cost:
    (own := folder / script).mkdir()
    return cost(script, env, own)


def _by_turns(url: str, *arguments: str, **more: str) -> dict[str, float]:
    """Medians in ms, less what an empty interpreter takes."""
    first, env = str(INSIDE / "first.py"), environ("IngestFunction", url, **more)
    candidates = {
        "empty": (["-c", ""], env),
        "ours": ([first, "app", *arguments], env),
        "documented": ([first, "documented", *arguments], as_documented(url, **more)),
    }
    taken: dict[str, list[float]] = {name: [] for name in candidates}
    for number in range(STARTS + 1):
        for name, (script, its) in candidates.items():
            cpu = _cpu_seconds([sys.executable, "-S", *script], its)
            if number:  # the first fills the disk's cache
                taken[name].append(cpu)
    floor = median(taken["empty"])
    return {f"{name}_cpu_ms": 1000 * (median(taken[name]) - floor) for name in ("ours", "documented")}


def _cpu_seconds(command: list[str], env: Mapping[str, str]) -> float:
    """User and system time of one child."""
    with subprocess.Popen(command, env=dict(env), stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime
