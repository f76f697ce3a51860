from __future__ import annotations

from collections.abc import Iterator

import pytest

from doorbell.egress.client import HttpSender
from tests.integration.egress.certificates import Authority
from tests.integration.egress.local import LOCAL, to_loopback


@pytest.fixture
def sender() -> Iterator[HttpSender]:
    """A sender that may talk to 127.0.0.1 and finds every name there."""
    sender = HttpSender(LOCAL, to_loopback)
    yield sender
    sender.close()


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()
