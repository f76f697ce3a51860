"""`doorbell console`: where it listens, and what it prints."""

from __future__ import annotations

import re
import socket

import pytest
import uvicorn

from tests.integration.ops.deployed import Doorbell


def test_it_listens_at_this_machine_alone_and_prints_the_address(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    listened: list[tuple[str, int]] = []
    monkeypatch.setattr(
        uvicorn.Server, "run", lambda self, sockets: listened.extend(one.getsockname() for one in sockets)
    )
    result = doorbell.run("console", "--no-open")
    assert result.exit_code == 0
    ((host, port),) = listened
    assert host == "127.0.0.1"
    assert re.search(rf"http://127\.0\.0\.1:{port}/\?token=[\w-]{{43}}\n", result.stdout)


def test_a_port_that_is_taken_is_wrong_use(doorbell: Doorbell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = doorbell.run("console", "--no-open", "--port", str(port))
    assert result.exit_code == 2
    assert f"It cannot listen at 127.0.0.1:{port}" in result.stderr
