"""`sam local` against the local stack: containers find it on the address of Docker's bridge."""

import json
import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from doorbell_cli.stack import LocalStack
from doorbell_cli.stack.build import architecture
from doorbell_cli.stack.environment import clean_environ, tool
from doorbell_cli.stack.sam_local import DOCKER_HOST, env_vars
from doorbell_cli.stack.server import free_port

SECONDS = 280.0
"""SAM builds an image for each invocation; on a busy machine that takes a minute."""


def engine_answers() -> bool:
    try:
        return subprocess.run(["docker", "info"], capture_output=True, timeout=SECONDS).returncode == 0
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return False


def must_answer(root: Path) -> bool:
    """In CI, where the image can be made, nobody may miss that these tests did not run."""
    return os.environ.get("CI") == "true" and (root.parent / "shared" / "lambda-image").is_dir()


@dataclass(frozen=True, slots=True)
class Sam:
    stack: LocalStack
    environment: Path

    def invoke(self, function: str, event: str) -> Any:
        """The function's answer to `events/<event>.json`."""
        command = self._command("invoke", function, "--event", f"events/{event}.json")
        done = subprocess.run(
            command,
            cwd=self.stack.root,
            env=self._environ(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    @contextmanager
    def api(self, log: Path) -> Iterator[str]:
        """`sam local start-api` while the block runs; its URL."""
        port = free_port()
        command = self._command("start-api", "--host", "127.0.0.1", "--port", str(port))
        with log.open("wb") as out:
            server = subprocess.Popen(
                command,
                cwd=self.stack.root,
                env=self._environ(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        try:
            wait_until_open(port, server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            with suppress(subprocess.TimeoutExpired):
                server.wait(60)
            server.kill()
            server.wait()

    def _command(self, *what: str) -> list[str]:
        """`--parameter-overrides` takes all that follows, so it comes last."""
        command = [tool("sam"), "local", *what, "--skip-pull-image", "--template", str(self.stack.template)]
        command += ["--env-vars", str(self.environment)]
        return [*command, "--parameter-overrides", f"Architecture={architecture()}"]

    def _environ(self) -> dict[str, str]:
        return clean_environ(**self.stack.environ, SAM_CLI_TELEMETRY="0")


@contextmanager
def sam_local(stack: LocalStack, directory: Path) -> Iterator[Sam]:
    environment = directory / "env.json"
    environment.write_text(json.dumps(env_vars(stack.endpoint_url)))
    port = int(stack.endpoint_url.rpartition(":")[2])
    with forwarding((DOCKER_HOST, port), ("127.0.0.1", port)):
        yield Sam(stack, environment)


@contextmanager
def forwarding(outer: tuple[str, int], inner: tuple[str, int]) -> Iterator[None]:
    """Whoever connects to `outer` talks to `inner`: the stack itself stays on loopback."""
    with socket.create_server(outer) as listener:
        thread = threading.Thread(target=accept, args=(listener, inner), daemon=True)
        thread.start()
        yield
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def accept(listener: socket.socket, inner: tuple[str, int]) -> None:
    while True:
        try:
            near, _ = listener.accept()
        except OSError:
            return  # shut down
        threading.Thread(target=join, args=(near, inner), daemon=True).start()


def join(near: socket.socket, inner: tuple[str, int]) -> None:
    with near, suppress(OSError), socket.create_connection(inner) as far:
        back = threading.Thread(target=pump, args=(far, near), daemon=True)
        back.start()
        pump(near, far)
        back.join()


def pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def wait_until_open(port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = monotonic() + SECONDS
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        assert server.poll() is None, log.read_text()
        assert monotonic() < deadline, log.read_text()
        sleep(0.2)
