"""The examples as processes of their own, each on a free port of loopback."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from doorbell_cli.stack.server import free_port
from tests.receivers.installing import EXAMPLES, express, python
from tests.support.patience import HANG_SECONDS, latest

HERE = Path(__file__).parent
START_SECONDS = 60.0

type Command = Callable[[str], tuple[Path, list[str]]]
"""port → the folder it runs in, and what is run."""


def _python(name: str, *arguments: str) -> Command:
    return lambda port: (
        EXAMPLES / name,
        [str(python()), *(text.replace("PORT", port) for text in arguments)],
    )


def _program(name: str, *arguments: str) -> Command:
    return lambda port: (EXAMPLES / name, [text.replace("PORT", port) for text in arguments])


COMMANDS: dict[str, Command] = {
    "flask": _python("flask", "-m", "flask", "--app", "app", "run", "--port", "PORT"),
    "django": _python("django", "app.py", "runserver", "--noreload", "PORT"),
    "fastapi": _python("fastapi", "-m", "uvicorn", "app:app", "--port", "PORT"),
    "lambda": _python("lambda", str(HERE / "lambda_server.py"), "PORT"),
    "express": lambda port: (express(), ["node", "app.js"]),
    "php": _program("php", "php", "-S", "127.0.0.1:PORT", "hooks.php"),
    "sinatra": _program("sinatra", "puma", "--quiet", "--bind", "tcp://127.0.0.1:PORT"),
    "rails": _program("rails", "puma", "--quiet", "--bind", "tcp://127.0.0.1:PORT"),
}
PROGRAMS = {"express": "npm", "php": "php", "sinatra": "puma", "rails": "puma"}
"""What has to be on this machine: docs/local.md has the packages."""
IN_CI = ("flask", "django", "fastapi", "lambda", "express", "php")


def chosen(wanted: str) -> list[str]:
    """`all`; those that CI runs, where this is CI; otherwise those of them that this machine can run."""
    if wanted == "all":
        return list(COMMANDS)
    names = wanted.split(",") if wanted else list(IN_CI)
    if wanted or os.environ.get("CI"):
        return names
    return [name for name in names if name not in PROGRAMS or shutil.which(PROGRAMS[name])]


@dataclass(frozen=True, slots=True)
class Receiver:
    name: str
    origin: str
    database: Path

    @property
    def url(self) -> str:
        return f"{self.origin}/hooks"

    def post(self, headers: Mapping[str, str], body: bytes) -> int:
        """The status of its answer, without Doorbell between."""
        return self.answer(headers, body)[0]

    def answer(self, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        request = urllib.request.Request(self.url, body, dict(headers), method="POST")
        try:
            with urllib.request.urlopen(request, timeout=HANG_SECONDS) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def inbox(self) -> dict[str, tuple[str, bytes]]:
        """Type and body by id."""
        with closing(sqlite3.connect(self.database)) as db:
            rows = db.execute("SELECT id, type, CAST(body AS BLOB) FROM inbox").fetchall()
        return {id: (type, bytes(body)) for id, type, body in rows}


@contextmanager
def running(name: str, folder: Path, environ: Mapping[str, str]) -> Iterator[Receiver]:
    """Until the block ends. Raises `AssertionError`, with what it printed, if it does not come up."""
    port = free_port()
    program = PROGRAMS.get(name, "python3")
    assert shutil.which(program), f"{name} needs {program}, which is not installed"
    place, command = COMMANDS[name](str(port))
    database, log = folder / f"{name}.db", folder / f"{name}.log"
    variables = {**os.environ, **environ, "DATABASE": str(database), "PORT": str(port)}
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=place, env=variables, stdout=out, stderr=out, start_new_session=True
        )
    try:
        _wait(process, port, log)
        yield Receiver(name, f"http://127.0.0.1:{port}", database)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = latest(START_SECONDS)
    while True:
        is_hopeless = process.poll() is not None or monotonic() > deadline
        assert not is_hopeless, log.read_text()[-2000:]
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.1)
