"""Filters: does a subscription want this event? JMESPath says what is true: 0 is; `""`, `[]`, `{}` not."""

from contextlib import AbstractContextManager
from threading import Lock
from typing import Any

from doorbell.domain.matching import FilterError
from doorbell.domain.records import Incoming
from doorbell.payloads.expressions import ExpressionError, evaluate, problem_with
from doorbell.payloads.views import view_of

__all__ = ["Filters", "problem_with"]

FILTER_STEPS = 250_000
"""About a quarter of a second, for one filter on one event: one tenant's filters wait for one another."""


class Filters:
    """The `Filters` port. In one turn the body is parsed once, however many filters look at it."""

    def __init__(self) -> None:
        self._last: tuple[Incoming, bytes, dict[str, Any]] | None = None
        self._turn = Lock()

    def turn(self) -> AbstractContextManager[object]:
        """A parsed body can take thirty times its length, and Python computes one thing at a time anyway."""
        return self._turn

    def passes(self, expression: str, event: Incoming, body: bytes) -> bool:
        """Raises `FilterError`, whose message holds nothing of the event."""
        try:
            return is_true(evaluate(expression, self._view(event, body), steps=FILTER_STEPS))
        except ExpressionError as error:
            raise FilterError(str(error)) from None

    def _view(self, event: Incoming, body: bytes) -> dict[str, Any]:
        """Of the last event only. Replaced whole: threads can share it."""
        last = self._last
        if last is None or last[0] is not event or last[1] is not body:
            last = (event, body, view_of(event, event.event_id, body))
            self._last = last
        return last[2]


def is_true(value: Any) -> bool:
    """https://jmespath.org/specification.html#or-expressions"""
    return not (value is None or value is False or (isinstance(value, (str, list, dict)) and not value))
