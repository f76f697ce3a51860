"""The local stack's port: chosen a second or two before MiniStack listens on it."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from doorbell_cli.main import app
from doorbell_cli.stack import local
from doorbell_cli.stack.environment import StackError
from doorbell_cli.stack.server import Server, free_port

GIVEN_TO_ANYBODY = 32_768
"""And what is above: Linux's, unless it is told otherwise; other systems begin higher."""


def test_a_free_port_is_none_that_the_system_gives_to_somebody_else_meanwhile() -> None:
    assert max(free_port() for _ in range(100)) < GIVEN_TO_ANYBODY


def test_a_port_that_is_taken_is_not_called_free(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        number = taken.getsockname()[1]
        ports = iter([number, *range(23_400, 23_500)])
        monkeypatch.setattr("random.randrange", lambda *_: next(ports))
        assert free_port() != number


def test_an_address_that_is_not_this_machine_s_is_an_error_and_not_looked_at_for_ever() -> None:
    with pytest.raises(OSError, match="assign requested address"):
        free_port("192.0.2.1")


@pytest.fixture
def own_signals() -> Iterator[None]:
    """What a command hears them with ends with the test."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("own_signals")
@pytest.mark.parametrize(
    ("flags", "why"),
    [
        (("--bind", "192.0.2.1"), "Cannot listen on 192.0.2.1:any port: Cannot assign requested address"),
        (("--bind", "192.0.2.1", "--port", "8000"), "Cannot listen on 192.0.2.1:8000"),
        (("--bind", "a" * 70), "Cannot listen on aaa"),
    ],
)
def test_where_nobody_can_listen_is_told_in_a_line_before_anything_is_built(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, flags: tuple[str, ...], why: str
) -> None:
    def built(root: Path) -> Path:
        raise AssertionError(f"built {root}")

    monkeypatch.setenv("DOORBELL_LOCAL", str(tmp_path / "running.json"))
    monkeypatch.setattr(local, "build", built)
    result = CliRunner().invoke(app, ["local", "up", *flags])
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert why in result.stderr


def test_where_the_local_aws_ends_at_once_the_last_that_it_said_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A traceback's last line says what was wrong."""
    fails = tmp_path / "python"
    fails.write_text("#!/bin/sh\nfor line in $(seq 50); do echo line $line of 50; done\nexit 1\n")
    fails.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(fails))
    with pytest.raises(StackError) as caught:
        Server()
    first, *told = str(caught.value).splitlines()
    assert first == "MiniStack stopped right after its start:"
    assert told == [f"line {number} of 50" for number in range(31, 51)]
