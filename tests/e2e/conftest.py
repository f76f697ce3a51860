"""What every e2e test starts from: the local stack, deployed once for the session, and a way to use it."""

import pytest

from doorbell_cli.stack import LocalStack
from tests.support.gateway import Gateway
from tests.support.stack import stack

__all__ = ["stack"]


@pytest.fixture(scope="session")
def gateway(stack: LocalStack) -> Gateway:
    return Gateway(stack)
