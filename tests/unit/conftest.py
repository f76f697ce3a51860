"""Unit tests talk to nobody: a socket that would leave the process is an error."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, settings

# No test asserts seconds, those of drawing examples included: a machine may stand still for a moment.
settings.register_profile(
    "doorbell", deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("doorbell")


class NetworkUsed(AssertionError):
    """A unit test tried to reach something outside its process."""


def _refuse(*args: Any, **kwargs: Any) -> NoReturn:
    raise NetworkUsed("unit tests have no network")


@pytest.fixture(autouse=True, scope="module")
def no_network() -> Iterator[None]:
    """No connection, no datagram, no look-up of a name."""
    with pytest.MonkeyPatch.context() as patch:
        for method in ("connect", "connect_ex", "sendto", "bind"):
            patch.setattr(socket.socket, method, _refuse)
        patch.setattr(socket, "getaddrinfo", _refuse)
        patch.setattr(socket, "create_connection", _refuse)
        yield
