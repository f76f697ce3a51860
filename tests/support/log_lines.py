"""What a function writes to standard output, and what Lambda tells it of the invocation."""

import json
from itertools import count
from typing import Any

import pytest

_numbers = count()


def new_service() -> str:
    """A service's name that no logger of this process has: Powertools keeps them by name, output included."""
    return f"shop-{next(_numbers)}"


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]
