"""A local stack whose AWS can be stopped and started again with its state kept.

MiniStack saves its services' state to STATE_DIR when it is asked to stop (PERSIST_STATE=1) and loads it
when it starts; objects in S3 lie in S3_DATA_DIR. It comes back on the same port: the functions know it by
its URL.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from doorbell_cli.stack import LocalStack, StackError
from doorbell_cli.stack import guard as guard_module
from doorbell_cli.stack.build import architecture, build
from doorbell_cli.stack.deploy import deploy
from doorbell_cli.stack.environment import project_root
from doorbell_cli.stack.server import Server

SAVE_SECONDS = 60.0


class DurableServer(Server):
    """A `Server` that keeps its state over `restart`."""

    def _environ(self, bind: str) -> dict[str, str]:
        data = str(self.directory / "s3")
        return {**super()._environ(bind), "PERSIST_STATE": "1", "S3_PERSIST": "1", "S3_DATA_DIR": data}

    def restart(self, down_seconds: float) -> None:
        self._halt()
        time.sleep(down_seconds)
        self._resume()

    def _halt(self) -> None:
        """Stop MiniStack as an operator would. Its guard sees it end, ends the workers and follows; as its
        pipe is still open it leaves the directory alone."""
        os.kill(self._ministack(), signal.SIGTERM)
        try:
            self._process.wait(SAVE_SECONDS)
        except subprocess.TimeoutExpired:
            raise StackError(f"MiniStack did not stop within {SAVE_SECONDS} s:\n{self.log_tail()}") from None

    def _resume(self) -> None:
        """Start it again over what it kept."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(Path(guard_module.__file__)), str(self.directory)],
                env=self._environ("127.0.0.1"),
                cwd=self.directory,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_healthy()

    def _ministack(self) -> int:
        """The guard's child."""
        listing = subprocess.run(["ps", "-axo", "pid=,ppid="], capture_output=True, text=True, check=True)
        pairs = [tuple(map(int, line.split())) for line in listing.stdout.splitlines()]
        return next(pid for pid, parent in pairs if parent == self._process.pid)


@contextmanager
def durable_stack(parameters: Mapping[str, str]) -> Iterator[tuple[LocalStack, DurableServer]]:
    root = project_root()
    template = build(root)
    server = DurableServer()
    try:
        chosen = {
            "Architecture": architecture(),
            "AllowHttp": "true",
            "EgressAllowedCidrs": "127.0.0.0/8",
            "EgressAllowedPorts": "any",
            "AwsEndpointUrl": server.endpoint_url,
            "MaximumConcurrency": "0",
            **parameters,
        }
        deploy(root, template, server.endpoint_url, chosen)
        yield LocalStack(server, root, template, chosen), server
    finally:
        server.stop()
