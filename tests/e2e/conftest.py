"""What every e2e test starts from: the local stack, deployed once for the session, and a way to use it."""

from pathlib import Path

import pytest

from doorbell_cli.stack import LocalStack
from tests.e2e.terminal import Terminal, own_terminal
from tests.support.gateway import Gateway
from tests.support.stack import stack

__all__ = ["stack"]


@pytest.fixture(scope="session")
def gateway(stack: LocalStack) -> Gateway:
    return Gateway(stack)


@pytest.fixture
def terminal(stack: LocalStack, tmp_path: Path) -> Terminal:
    return own_terminal(stack, tmp_path)
