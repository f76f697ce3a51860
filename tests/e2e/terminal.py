"""`doorbell` as people start it, and the environment of a second terminal, in which
`eval "$(doorbell local env)"` was run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from doorbell_cli.stack import LocalStack
from doorbell_cli.stack.environment import clean_environ
from tests.support.docs import ROOT
from tests.support.patience import HANG_SECONDS, latest

DOORBELL = [sys.executable, "-m", "doorbell_cli.main"]


@dataclass(frozen=True)
class Terminal:
    """Each call is a process of its own, as a person or a script would start it."""

    environ: dict[str, str]

    def run(self, *arguments: str, stdin: str = "", code: int = 0) -> str:
        """What is on stdout; the exit code must be `code`."""
        done = subprocess.run(
            [*DOORBELL, *arguments],
            input=stdin,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=HANG_SECONDS,
        )
        assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def json(self, *arguments: str, stdin: str = "", code: int = 0) -> Any:
        return json.loads(self.run(*arguments, "--json", stdin=stdin, code=code))

    def wait_for(self, *arguments: str, until: str, seconds: float = 60) -> str:
        """Run it again and again until `until` is on stdout."""
        deadline = latest(seconds)
        while until not in (shown := self.run(*arguments)):
            assert monotonic() < deadline, f"no {until!r} in {seconds} s:\n{shown}"
            sleep(0.5)
        return shown


def own_terminal(stack: LocalStack, folder: Path) -> Terminal:
    """With nothing of the stack in its environment but where it is on record. `folder` is for that."""
    record = folder / "running.json"
    record.write_text(json.dumps({"endpoint_url": stack.endpoint_url, "api_url": stack.api_url}))
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    return Terminal({**kept, "PYTHONPATH": os.pathsep.join(sys.path), "DOORBELL_LOCAL": str(record)})


def second_terminal(stack: LocalStack, folder: Path) -> dict[str, str]:
    """`folder` is for its files. People have the AWS CLI; without it there is `tests.support.aws_cli`."""
    record = folder / "running.json"
    record.write_text(json.dumps({"endpoint_url": stack.endpoint_url, "api_url": stack.api_url}))
    more = {**stack.environ, "DOORBELL_LOCAL": str(record), "DOORBELL_URL": stack.api_url}
    environ = clean_environ(**more, AWS_PAGER="", PYTHONPATH=str(ROOT))
    if shutil.which("aws", path=environ["PATH"]) is None:
        stand_in = folder / "aws"
        stand_in.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tests.support.aws_cli "$@"\n')
        stand_in.chmod(0o755)
        environ["PATH"] = f"{folder}:{environ['PATH']}"
    return environ
