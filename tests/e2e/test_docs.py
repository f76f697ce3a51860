"""README and docs/ on the local stack: the blocks that are run there, and what the demo prints."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
import typer
from typer.testing import CliRunner

from doorbell.store.configuration.subscriptions import CACHE_SECONDS
from doorbell_cli.demo.command import Checks, play
from doorbell_cli.stack import LocalStack
from doorbell_cli.stack.server import free_port
from tests.e2e.terminal import second_terminal
from tests.support.docs import PAGES, README, ROOT, Run, fits, runs
from tests.support.patience import HANG_SECONDS, latest

pytestmark = pytest.mark.e2e

MARKED = [run for path in PAGES for run in runs(path, "sh run local")]
PORT = "8787"
"""Of the pages' subscriber; each run here takes a free one."""


@pytest.fixture(scope="module")
def environ(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A second terminal's, after `eval "$(doorbell local env)"`."""
    return second_terminal(stack, tmp_path_factory.mktemp("terminal"))


def printed_by(text: str, environ: dict[str, str], output: Path, until: str = "") -> tuple[int, str]:
    """Exit code and what was printed, once `until` is among it; what the block left running is ended."""
    with output.open("w") as file:
        command = ["bash", "-euo", "pipefail", "-c", text.replace(PORT, str(free_port()))]
        shell = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, stdout=file, start_new_session=True
        )
        try:
            code = shell.wait(HANG_SECONDS)
            deadline = latest(60)
            while until not in output.read_text() and monotonic() < deadline:
                sleep(0.2)
        finally:
            _end(shell.pid)
    return code, output.read_text()


def _end(group: int) -> None:
    try:
        os.killpg(group, signal.SIGTERM)
    except ProcessLookupError:
        return


@pytest.fixture
def removed_afterwards(stack: LocalStack) -> Iterator[None]:
    """The pages' sources and subscriptions are in tenant "default", where other tests have theirs."""
    yield
    client = stack.client("dynamodb")
    for name in ("ci", "books", "chat"):
        key = {"tenant_id": {"S": "default"}, "subscription_id": {"S": name}}
        client.delete_item(TableName=stack.outputs["SubscriptionsTableName"], Key=key)
    for name in ("github-main", "shop", "github-demo"):
        client.delete_item(TableName=stack.outputs["SourcesTableName"], Key={"source_id": {"S": name}})


@pytest.mark.parametrize("run", MARKED, ids=lambda run: run.block.id)
def test_a_block_for_the_local_stack_does_what_the_page_says(
    run: Run, environ: dict[str, str], removed_afterwards: None, tmp_path: Path
) -> None:
    until = "verified" if "doorbell listen" in run.block.text else ""
    if until:
        forgotten()
    code, printed = printed_by(run.block.text, environ, tmp_path / "printed", until)
    assert code == 0, printed
    assert until in printed
    assert run.printed is None or fits(printed, run.printed), printed


def forgotten() -> None:
    """A test before this may have rung in the same tenant: fanout remembers its subscriptions a while."""
    sleep(CACHE_SECONDS + 1)


def test_the_readme_shows_what_the_demo_prints(stack: LocalStack, removed_afterwards: None) -> None:
    """Times, ids and figures aside, and in any order: who answers first is chance. The stack is shared, so
    there may be more than one event."""
    forgotten()
    app = typer.Typer()
    app.command()(lambda: play(stack, Checks()))
    printed = CliRunner().invoke(app, []).stdout
    (shown,) = re.findall(r"<!-- what the demo prints -->\n```text\n(.*?)```", README.read_text(), re.DOTALL)
    lines = {_bare(line) for line in shown.splitlines() if line not in ("", "…")}
    assert lines - {_bare(line) for line in printed.splitlines()} == set()


def _bare(line: str) -> str:
    without = re.sub(r"evt_\w+", "evt_", re.sub(r"\d+", "0", line)).replace("✗", "✓")
    return " ".join(without.split())
