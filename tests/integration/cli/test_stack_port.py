"""The local stack's port: chosen a second or two before MiniStack listens on it."""

import socket

import pytest

from doorbell_cli.stack.server import free_port

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
