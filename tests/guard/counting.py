"""Counts what a built function does: the modules it loads, the instructions it executes.

Instructions are Valgrind's (`cachegrind`, which counts them as callgrind does in a third of its time): the
same on a busy machine as on an idle one. They are told as ratios to those of the handler that AWS's
documentation shows, counted in the same way, so that another processor, another OpenSSL or another boto3
moves both.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.inside import github
from tests.guard.inside.stages import REQUESTS

INSIDE = Path(__file__).parent / "inside"
BUSY_MACHINE_SECONDS = 900
VALGRIND = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
COUNT = re.compile(r"^==(\d+)== I +refs: +([\d,]+)$", re.MULTILINE)


class CountingError(Exception):
    """A counted script that failed; its own words."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Instructions: to import and set up, until the first answer (import included), for one more request."""

    imported: float
    first_answer: float
    request: float

    def __truediv__(self, other: "Cost") -> dict[str, float]:
        return {
            "import": self.imported / other.imported,
            "first answer": self.first_answer / other.first_answer,
            "request": self.request / other.request,
        }


def has_valgrind() -> bool:
    return shutil.which(VALGRIND[0]) is not None


def modules(env: Mapping[str, str], folder: Path, script: str = "modules") -> list[str]:
    """Names of the modules that importing `app` loads in `env`, or what else `inside/<script>.py` does."""
    loaded: list[str] = _run([], script, env, folder)["loaded"]
    return loaded


def cost(script: str, env: Mapping[str, str], folder: Path, requests: int = REQUESTS) -> Cost:
    """What `inside/<script>.py` costs in `env`, which makes `requests` after its first. `folder` is for what
    it leaves behind; beside it lies what Python compiles, for all."""
    _run([], script, env, folder)  # compiles what it imports: a count must not depend on who ran before
    log = folder / "valgrind.log"
    process_of = _run([*VALGRIND, f"--log-file={log}"], script, env, folder)
    counts = {int(process): int(n.replace(",", "")) for process, n in COUNT.findall(log.read_text())}
    start, imported, first, more = (
        counts[process_of[stage]] for stage in ("start", "imported", "first", "more")
    )
    return Cost(imported - start, first - start, (more - first) / requests)


def _run(prefix: list[str], script: str, env: Mapping[str, str], folder: Path) -> dict[str, Any]:
    answer = folder / f"{script}.json"
    command = [*prefix, sys.executable, "-S", str(INSIDE / f"{script}.py"), str(answer)]
    helpers = str(Path(github.__file__).parent)
    settled = {
        **env,
        "PYTHONPATH": f"{env['PYTHONPATH']}:{helpers}",
        "PYTHONHASHSEED": "0",
        "PYTHONPYCACHEPREFIX": str(folder.parent / "compiled"),
        "PYTHONDONTWRITEBYTECODE": "",  # or every count is one of compiling first of all
    }
    done = subprocess.run(command, env=settled, capture_output=True, text=True, timeout=BUSY_MACHINE_SECONDS)
    if done.returncode != 0:
        raise CountingError(f"{script}: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(answer.read_text())
    return found
