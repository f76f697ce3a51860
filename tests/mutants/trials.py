"""Bugs are put into a copy of the tree, one at a time, and tests are asked about each."""

import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.mutants.bug import Bug
from tests.mutants.covering import Covering
from tests.mutants.rooms import SIMULATED

WARM = Path(__file__).with_name("warm.py")
PARTS_SECONDS, MOST_SECONDS = (1.3, 10.0), 40.0
"""What the tests took that are asked at first, and next, and all that are asked."""
HISTORIES = 150
SLOWER, START_SECONDS = 2.0, 20.0
"""A trial may take that many times what its tests took, and so much besides, of a processor's time."""
SIMULATION_SECONDS = 90.0


@dataclass(frozen=True)
class Verdict:
    """`noticed`: None where a trial did not end in its time. `by`: the test, or the history. `asked`: how
    many tests; `left`: how many more there are, for which there was no time. `run`: whether any test runs the
    line by itself. `seconds`: of tests that were to be asked at most."""

    noticed: bool | None
    by: str | None
    asked: int
    left: int = 0
    run: bool = True
    seconds: float = MOST_SECONDS


class Copy:
    """A copy of a tree, and a warm process in it."""

    def __init__(self, tree: Path, copy: Path) -> None:
        self.tree, self.copy = tree, copy

    def __enter__(self) -> Self:
        shutil.rmtree(self.copy, ignore_errors=True)
        shutil.copytree(self.tree, self.copy)
        self._process = self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._process:
            self._process.terminate()

    def _start(self) -> subprocess.Popen[str]:
        path = os.pathsep.join(str(self.copy / name) for name in ("layers/core", "cli", "."))
        return subprocess.Popen(
            [sys.executable, "-P", str(WARM)],
            cwd=self.copy,
            env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @contextmanager
    def spoilt(self, bug: Bug) -> Iterator[None]:
        path = self.copy / bug.path
        sound, times = path.read_text(), path.stat()
        path.write_text(bug.put_into(sound))
        try:
            yield
        finally:
            path.write_text(sound)
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # what was compiled of it is good again

    def ask(self, seconds: float, **asked: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({**asked, "seconds": seconds}) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):
                told: dict[str, Any] = json.loads(line)
                return told
        raise RuntimeError(f"the process in {self.copy} ended")


class Judge:
    """Of one copy. A test that fails without the bug too is no judge: it is asked about none from then on.
    Fewer `seconds` than most: fewer histories too."""

    def __init__(self, copy: Copy, covering: Covering, seconds: float = MOST_SECONDS) -> None:
        self._copy, self._covering, self._seconds = copy, covering, seconds
        self._sound, self._unsound = set[str](), set[str]()

    def __call__(self, bug: Bug) -> Verdict:
        while True:
            verdict = self._judged(bug)
            if not verdict.noticed or verdict.by is None or self._passes_without(verdict.by, bug):
                return verdict

    def _judged(self, bug: Bug) -> Verdict:
        """The most telling tests first, then the others, then the simulation."""
        known = [test for test in self._covering.tests(bug.path, bug.line) if test not in self._unsound]
        all_ = self._covering.within(known, self._seconds)
        run, left, asked = self._covering.ran(bug.path, bug.line), len(known) - len(all_), 0

        def verdict(told: dict[str, Any]) -> Verdict:
            return Verdict(_noticed(told), told["by"], asked, left, run, self._seconds)

        with self._copy.spoilt(bug):
            told: dict[str, Any] = {"verdict": "passed", "by": None}
            for tests in self._covering.parts(all_, PARTS_SECONDS):
                asked += len(tests)
                told = self._told(tests)
                if told["verdict"] != "passed":
                    return verdict(told)
            if bug.room in SIMULATED:
                histories = math.ceil(HISTORIES * self._seconds / MOST_SECONDS)
                told = self._copy.ask(SIMULATION_SECONDS, histories=[0, histories])
        return verdict(told)

    def _passes_without(self, by: str, bug: Bug) -> bool:
        """Where no test is named, as nothing could be loaded: whether one can be run at all."""
        if by.startswith("simulation ") or by in self._sound:
            return True
        test = by if "::" in by else self._covering.tests(bug.path, bug.line)[0]
        passes: bool = self._told([test])["verdict"] == "passed"
        (self._sound if passes else self._unsound).add(by if passes else test)
        return passes

    def _told(self, tests: list[str]) -> dict[str, Any]:
        return self._copy.ask(START_SECONDS + SLOWER * self._covering.seconds(tests), tests=tests)


def _noticed(told: dict[str, Any]) -> bool | None:
    return {"passed": False, "failed": True, "timeout": None}[told["verdict"]]
