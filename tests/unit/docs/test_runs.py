"""Every block that is marked `sh run` runs, and prints what stands after it."""

from __future__ import annotations

import subprocess

import pytest

from doorbell_cli.stack.environment import clean_environ
from tests.support.docs import PAGES, ROOT, Run, fits, runs

RUNS = [run for page in PAGES for run in runs(page, "sh run")]


def test_there_are_some() -> None:
    assert len(RUNS) >= 4


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.block.id)
def test_a_marked_block_prints_what_the_page_says(run: Run) -> None:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", run.block.text],
        cwd=ROOT,
        env=clean_environ(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert run.printed is None or fits(done.stdout, run.printed), done.stdout
