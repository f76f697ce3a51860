"""MiniStack under its guard, with a process group, a port and a directory of its own."""

import errno
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from doorbell_cli.stack.environment import REGION, ROOT_KEY, ROOT_SECRET, StackError, clean_environ
from doorbell_cli.stack.guard import remove

_START_SECONDS = 120.0
_STOP_SECONDS = 30.0


class Server:
    """Running from construction until `stop`. Nothing of it outlives `stop`.

    `bind`: the address it listens on. Loopback, unless something in a container must reach it.
    `port`: 0 takes a free one. Raises `StackError` where it cannot listen there.
    """

    def __init__(self, bind: str = "127.0.0.1", port: int = 0) -> None:
        self.port = port_for(bind, port)
        self.directory = Path(tempfile.mkdtemp(prefix="doorbell-local-"))
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
                raise StackError(f"MiniStack stopped right after its start:\n{self.log_tail()}")
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
        remove(str(self.directory))  # where its guard was killed


def port_for(bind: str, wanted: int) -> int:
    """`wanted`, or a free one for 0. Raises `StackError` where nobody can listen there."""
    try:
        if not wanted:
            return free_port(bind)
        with socket.socket() as probe:
            # as the server will: one just left is free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((bind, wanted))
    except (OSError, OverflowError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "no such address or port"
        raise StackError(f"Cannot listen on {bind}:{wanted or 'any port'}: {why}") from None
    return wanted


def free_port(bind: str = "127.0.0.1") -> int:
    """A port on which nobody listens. It is below those that systems give to whoever asks for any one (from
    32768 on Linux, 49152 elsewhere), so that nobody is given it before it is listened on."""
    while True:
        port = random.randrange(20_000, 32_768)
        with socket.socket() as probe:
            try:
                probe.bind((bind, port))
                return port
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
