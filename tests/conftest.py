"""For all tests: how several processes share them."""

from typing import Any

import pytest

from tests.support.sharing import Sharing


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Sharing:
    """Asked for where there are several processes, as in `make test` (`-n`)."""
    return Sharing(config, log)
