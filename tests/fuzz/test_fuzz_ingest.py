"""The short form of the coverage-guided fuzzing; `make fuzz` is the long one."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.patience import HANG_SECONDS

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(
    sys.platform != "linux" or importlib.util.find_spec("atheris") is None,
    reason="atheris is made for Linux only",
)
def test_ingest_answers_five_thousand_spoilt_requests_without_accepting_or_failing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.ingest", "-runs=5000", "-seed=1"],
        cwd=ROOT,
        env={"PYTHONPATH": "layers/core:cli:.", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Done 5000 runs" in done.stderr
    least = int(re.search(r"each at least (\d+) times", done.stdout)[1])  # type: ignore[index]
    assert least > 0, "a provider had no turn"
