"""MiniStack under its guard, with a process group, a port and a directory of its own."""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from doorbell_cli.stack.environment import REGION, ROOT_KEY, ROOT_SECRET, StackError, clean_environ

_START_SECONDS = 30.0
_STOP_SECONDS = 600.0
"""The processes end within ten. What takes time is to remove what each worker unpacked: 2,000 files."""


class Server:
    """Running from construction until `stop`. Nothing of it outlives `stop`.

    `bind`: the address it listens on. Loopback, unless something in a container must reach it.
    """

    def __init__(self, bind: str = "127.0.0.1") -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="doorbell-local-"))
        self.port = _free_port(bind)
        self.endpoint_url = f"http://127.0.0.1:{self.port}"
        self.log_path = self.directory / "ministack.log"
        with self.log_path.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(Path(__file__).with_name("guard.py")), str(self.directory)],
                env=self._environ(bind),
                cwd=self.directory,
                stdin=subprocess.PIPE,  # open as long as this process lives: see guard
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait_until_healthy()
        except BaseException:
            self.stop()
            raise

    def _environ(self, bind: str) -> dict[str, str]:
        return clean_environ(
            AUTH="true",  # every function runs under its own IAM role, and a missing permission is denied
            GATEWAY_PORT=str(self.port),
            BIND_HOST=bind,
            MINISTACK_HOST="127.0.0.1",
            MINISTACK_REGION=REGION,
            AWS_ACCESS_KEY_ID=ROOT_KEY,
            AWS_SECRET_ACCESS_KEY=ROOT_SECRET,
            AWS_EC2_METADATA_DISABLED="true",
            TMPDIR=str(self.directory),  # also where the functions' code is unpacked
            STATE_DIR=str(self.directory / "state"),
            IOT_MTLS_ENABLED="0",  # would listen on a fixed port
            SFTP_ENABLED="0",
            PYTHONDONTWRITEBYTECODE="1",
        )

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise StackError(f"MiniStack ended at once:\n{self.log_tail()}")
            if _answers(f"{self.endpoint_url}/_ministack/health"):
                return
            time.sleep(0.1)
        raise StackError(f"MiniStack did not answer within {_START_SECONDS:.0f} s:\n{self.log_tail()}")

    def log_tail(self, lines: int = 20) -> str:
        return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-lines:])

    def workers(self, function_name: str) -> list[int]:
        """Process ids of the execution environments of a function, warm or busy."""
        mark = f"{self.directory}/ministack-lambda-{function_name}-"
        listing = subprocess.run(["ps", "-axwwo", "pid=,args="], capture_output=True, text=True, check=True)
        return [int(line.split(None, 1)[0]) for line in listing.stdout.splitlines() if mark in line]

    def stop(self) -> None:
        """End the processes and remove the directory. Safe to call again."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(_STOP_SECONDS)
        shutil.rmtree(self.directory, ignore_errors=True)


def _free_port(bind: str) -> int:
    with socket.socket() as probe:
        probe.bind((bind, 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
