"""A process that has loaded what tests load, and forks for every trial: run in a copy of the tree.

It reads lines of JSON: `{"tests": [...]}` or `{"histories": [first, end]}`, with `"seconds"`, the most that a
trial may take of a processor's time. It answers each with one:
`{"verdict": "passed" | "failed" | "timeout", "by": ...}`.
"""

import ctypes
import gc
import importlib.util
import json
import os
import resource
import select
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

LOADED = (
    "boto3",
    "hypothesis.strategies",
    "moto",
    "pydantic",
    "pytest",
    "typer.testing",
    "xdist.scheduler",
    "yaml",
)
"""What a trial loads besides, the next ones find loaded too."""
UNDER_TEST = ("doorbell", "tests")
SERVICES = ("dynamodb", "events", "lambda", "s3", "sqs", "ssm", "sts", "secretsmanager", "cloudwatch", "logs")
IDLE = 10
"""A trial may take that many times the processor's time that it has: others want the processor too."""
MOST = 1 << 16
_looked_at = set[str]()
DIES_WITH_ITS_PARENT = 1
"""PR_SET_PDEATHSIG: nobody would end a trial whose process was killed. prctl(2)"""


class Witness:
    """A plugin of pytest: only these tests are run, in this order, and which noticed first."""

    def __init__(self, wanted: list[str]) -> None:
        self.places = {name: place for place, name in enumerate(wanted)}
        self.by: str | None = None

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        wanted = [item for item in items if item.nodeid in self.places]
        items[:] = sorted(wanted, key=lambda item: self.places[item.nodeid])

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed and self.by is None:
            self.by = report.nodeid

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed and self.by is None:
            self.by = f"{report.nodeid} (import)"


def tests(ids: list[str]) -> tuple[str, str | None]:
    import pytest

    witness, files = Witness(ids), dict.fromkeys(name.partition("::")[0] for name in ids)
    options = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "-p", "no:pytest_cov"]
    loaded = ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # plugins, by this process
    code = pytest.main([*options, *loaded, *files], plugins=[witness])
    if code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        return "passed", None
    return "failed", witness.by or f"pytest ended with {code}"


def histories(first: int, end: int) -> tuple[str, str | None]:
    survey: Any = importlib.import_module("tests.simulation.survey").survey
    for seed in range(first, end):
        if broken := survey([seed]).broken:
            return "failed", f"simulation {seed}: {broken[seed][:100]}"
    return "passed", None


def _child(asked: dict[str, Any], answer: int) -> None:
    os.setpgid(0, 0)
    had, end = set(sys.modules), int(asked["seconds"]) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (end, end + 5))
    with suppress(OSError, AttributeError):  # where there is no Linux
        ctypes.CDLL(None).prctl(DIES_WITH_ITS_PARENT, signal.SIGKILL)
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    try:
        verdict, by = tests(asked["tests"]) if "tests" in asked else histories(*asked["histories"])
    except BaseException as error:
        verdict, by = "failed", f"{type(error).__name__}: {error}"[:200]
    loaded = sorted(name for name in set(sys.modules) - had if not name.startswith(UNDER_TEST))
    os.write(answer, json.dumps({"verdict": verdict, "by": by, "loaded": loaded}).encode())
    os._exit(0)


def trial(asked: dict[str, Any]) -> dict[str, Any]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _child(asked, writing)
    os.close(writing)
    ready, _, _ = select.select([reading], [], [], IDLE * asked["seconds"])
    answer = os.read(reading, MOST) if ready else b""
    os.close(reading)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if answer:
        told: dict[str, Any] = json.loads(answer)
        return told
    if not ready or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU):
        return {"verdict": "timeout", "by": None}
    return {"verdict": "failed", "by": "the process ended"}


def load(names: Iterable[str]) -> None:
    """For all trials to come: nothing of the code under test."""
    here, fresh = f"{Path.cwd()}{os.sep}", set(names) - _looked_at
    _looked_at.update(fresh)
    for name in sorted(fresh):
        with suppress(Exception):
            spec = importlib.util.find_spec(name)
            if spec and spec.origin and not spec.origin.startswith(here):
                importlib.import_module(name)
    if fresh:
        gc.collect()
        gc.freeze()  # so that no trial looks through it, or copies its pages


def know_aws() -> None:
    """Descriptions of services are read from disk once, not by each session of each trial."""
    import boto3
    from botocore.loaders import JSONFileLoader

    loader: Any = JSONFileLoader
    read = loader.load_file
    kept: dict[str, Any] = {}

    def load_file(self: Any, path: str) -> Any:
        if path not in kept:
            kept[path] = read(self, path)
        return kept[path]

    loader.load_file = load_file
    make: Any = boto3.Session("nobody", "nothing", region_name="eu-central-1").client
    for service in SERVICES:
        make(service)


def main() -> None:
    sys.dont_write_bytecode = True
    load(LOADED)
    know_aws()
    print("ready", flush=True)
    for line in sys.stdin:
        told = trial(json.loads(line))
        load(told.pop("loaded", ()))
        assert not any(name.startswith(UNDER_TEST) for name in sys.modules), "loaded by each trial"
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
