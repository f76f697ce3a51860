"""Counts the AWS calls that a command makes, by their names."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from doorbell_cli.target import Target


@contextmanager
def counted_calls(target: Target) -> Iterator[Counter[str]]:
    """Of the DynamoDB client of `target`, through which all that reads events goes."""
    calls: Counter[str] = Counter()
    events = target.client("dynamodb").meta.events

    def count(model: Any, **_: Any) -> None:
        calls[model.name] += 1

    events.register("before-call", count)
    try:
        yield calls
    finally:
        events.unregister("before-call", count)
