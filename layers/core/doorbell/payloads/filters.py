"""Filters: does a subscription want this event? JMESPath says what is true: 0 is; `""`, `[]`, `{}` not."""

from contextlib import AbstractContextManager
from threading import Lock
from typing import Any

from doorbell.domain.filing import Path
from doorbell.domain.matching import FilterError, NotQuick
from doorbell.domain.records import Incoming
from doorbell.payloads.expressions import (
    ExpressionError,
    TooCostlyExpression,
    evaluate,
    problem_with,
)
from doorbell.payloads.plain_filters import says_no
from doorbell.payloads.views import view_of

__all__ = ["Filters", "problem_with"]

FILTER_STEPS = 250_000
"""About a quarter of a second, for one filter on one event: one tenant's filters wait for one another."""
QUICK_STEPS = 2_500
"""About 2.5 ms: for one that others wait for."""


class Filters:
    """The `Filters` port. In one turn the body is parsed once, however many filters look at it."""

    def __init__(self) -> None:
        self._last: tuple[Incoming, bytes, dict[str, Any]] | None = None
        self._turn = Lock()

    def turn(self) -> AbstractContextManager[object]:
        """A parsed body can take thirty times its length, and Python computes one thing at a time anyway."""
        return self._turn

    def passes(self, expression: str, event: Incoming, body: bytes, *, quick: bool = False) -> bool:
        """Raises `FilterError`, whose message holds nothing of the event; `NotQuick`."""
        steps = QUICK_STEPS if quick else FILTER_STEPS
        view = self._view(event, body)
        if says_no(expression, view):
            return False
        try:
            return is_true(evaluate(expression, view, steps=steps))
        except TooCostlyExpression as error:
            raise NotQuick if quick else FilterError(str(error)) from None
        except ExpressionError as error:
            raise FilterError(str(error)) from None

    def text_at(self, path: Path, event: Incoming, body: bytes) -> str | None:
        """What an expression of these names, joined by dots, finds: None where that is no text."""
        found: Any = self._view(event, body)
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        return found if isinstance(found, str) else None

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
