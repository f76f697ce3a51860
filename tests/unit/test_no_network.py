"""The fixture that keeps unit tests off the network does so."""

from __future__ import annotations

import socket

import pytest


@pytest.mark.parametrize("address", [("127.0.0.1", 9), ("192.0.2.1", 443)])
def test_a_unit_test_cannot_connect_anywhere(address: tuple[str, int]) -> None:
    with socket.socket() as one, pytest.raises(AssertionError, match="no network"):
        one.connect(address)


def test_a_unit_test_cannot_look_up_a_name() -> None:
    with pytest.raises(AssertionError, match="no network"):
        socket.getaddrinfo("example.com", 443)
