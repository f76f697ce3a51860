"""`doorbell local up` as a script would start it: seeded, alone, and gone quickly."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from doorbell_cli.stack.server import free_port
from tests.support.gateway import PUSH, github_headers
from tests.support.patience import HANG_SECONDS

pytestmark = pytest.mark.e2e

DOORBELL = [sys.executable, "-m", "doorbell_cli.main"]
SEED = "sources:\n  - {source_id: gh, provider: github, secrets: [ssm:/doorbell/gh]}\n"
STOP_SECONDS = 30
"""It takes less than two. Removing what workers had unpacked took a minute and more."""


@contextmanager
def up(environ: dict[str, str], *flags: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The process once it is up, and what it said by then."""
    with subprocess.Popen(
        [*DOORBELL, "local", "up", *flags], env=environ, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            said: list[str] = []
            for line in process.stderr:
                said.append(line)
                if "Ctrl-C" in line:
                    break
            yield process, said
        finally:
            process.kill()


def _url(record: Path, source_id: str) -> str:
    return f"{json.loads(record.read_text())['api_url']}/in/{source_id}"


def test_a_stack_of_ones_own_is_seeded_is_the_only_one_and_stops_at_once(tmp_path: Path) -> None:
    record, seed, port = tmp_path / "running.json", tmp_path / "seed.yaml", free_port()
    seed.write_text(SEED)
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environ = {**kept, "PYTHONPATH": os.pathsep.join(sys.path), "DOORBELL_LOCAL": str(record)}

    flags = ("--port", str(port), "--seed", str(seed), "--parameter", "RetentionDays=7")
    with up(environ, *flags) as (process, said):
        written = json.loads(record.read_text())
        assert written["endpoint_url"] == f"http://127.0.0.1:{port}"
        assert written["parameters"]["RetentionDays"] == "7"
        assert "Until it stops, and not for the next one: RetentionDays=7\n" in said
        secret = next(line for line in said if "ssm:/doorbell/gh = " in line).split(" = ")[1].strip()

        second = subprocess.run(
            [*DOORBELL, "local", "up"], env=environ, capture_output=True, text=True, timeout=HANG_SECONDS
        )
        assert second.returncode == 1
        assert f"process {process.pid}" in second.stderr
        assert record.exists()

        ring = ["ring", "gh", "--event", "push", "--body", "@-"]
        rung = subprocess.run(
            [*DOORBELL, *ring],
            env=environ,
            input=PUSH.decode(),
            capture_output=True,
            text=True,
            timeout=HANG_SECONDS,
        )
        assert rung.returncode == 0, rung.stderr
        assert github_headers(PUSH, secret)["x-hub-signature-256"]
        assert "202" in rung.stdout

        unsigned = urllib.request.Request(_url(record, "gh"), data=b"{}", method="POST")
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(unsigned, timeout=HANG_SECONDS)
        assert process.stderr is not None
        accepted, refused = process.stderr.readline(), process.stderr.readline()
        assert f"/in/gh: accepted push, {len(PUSH):,} bytes: evt_" in accepted
        assert "/in/gh: refused, 401 " in refused
        assert refused.endswith("Why: doorbell refused show gh\n")

        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_SECONDS) == 0
        assert time.monotonic() - began < STOP_SECONDS
    assert not record.exists()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
