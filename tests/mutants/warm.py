"""A process that has loaded what tests load, and forks for every trial: run in a copy of the tree.

It reads lines of JSON: `{"tests": [...]}` or `{"histories": [first, end]}`, with `"seconds"`, the most that a
trial may take. It answers each with one: `{"verdict": "passed" | "failed" | "timeout", "by": ...}`.
"""

import ctypes
import importlib
import json
import os
import select
import signal
import sys
from contextlib import suppress
from typing import Any

LOADED = (
    "aws_lambda_powertools.event_handler",
    "aws_lambda_powertools.logging",
    "aws_lambda_powertools.metrics",
    "botocore.session",
    "boto3",
    "cryptography.hazmat.primitives.asymmetric.ed25519",
    "cryptography.x509",
    "hypothesis.strategies",
    "jmespath",
    "moto",
    "moto.dynamodb.models",
    "moto.s3.models",
    "moto.sqs.models",
    "pydantic",
    "pytest",
    "rich.table",
    "typer.testing",
    "xdist.scheduler",
    "yaml",
)
MOST = 1 << 16
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
    with suppress(OSError, AttributeError):  # where there is no Linux
        ctypes.CDLL(None).prctl(DIES_WITH_ITS_PARENT, signal.SIGKILL)
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    try:
        verdict, by = tests(asked["tests"]) if "tests" in asked else histories(*asked["histories"])
    except BaseException as error:
        verdict, by = "failed", f"{type(error).__name__}: {error}"[:200]
    os.write(answer, json.dumps({"verdict": verdict, "by": by}).encode()[:MOST])
    os._exit(0)


def trial(asked: dict[str, Any]) -> dict[str, Any]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _child(asked, writing)
    os.close(writing)
    ready, _, _ = select.select([reading], [], [], asked["seconds"])
    answer = os.read(reading, MOST) if ready else b""
    os.close(reading)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    if answer:
        told: dict[str, Any] = json.loads(answer)
        return told
    return {"verdict": "failed", "by": "the process ended"} if ready else {"verdict": "timeout", "by": None}


def main() -> None:
    sys.dont_write_bytecode = True
    for name in LOADED:
        importlib.import_module(name)
    assert not any(name.startswith("doorbell") for name in sys.modules), (
        "the code under test is loaded by each trial"
    )
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(trial(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
