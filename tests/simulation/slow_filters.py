"""Filters that take their time: as many seconds as `slow` writes into them."""

import re
from contextlib import AbstractContextManager

from doorbell.domain.matching import NotQuick
from doorbell.domain.records import Incoming
from doorbell.payloads.filters import Filters
from doorbell.usecases.route import QUICK_SECONDS
from tests.simulation.rounds import Turn
from tests.simulation.world import World

_SECONDS = re.compile(r"`([0-9.]+)` == `0`")


def slow(expression: str, seconds: float) -> str:
    """The same filter, at that price."""
    return f"{expression} || `{seconds:g}` == `0`" if seconds else expression


class SlowFilters(Filters):
    def __init__(self, world: World) -> None:
        super().__init__()
        self._world, self._turns = world, Turn(world)

    def turn(self) -> AbstractContextManager[object]:
        return self._turns.taken()

    def passes(self, expression: str, event: Incoming, body: bytes, *, quick: bool = False) -> bool:
        found = _SECONDS.search(expression)
        seconds = float(found[1]) if found else 0.0
        if quick and seconds > QUICK_SECONDS:
            raise NotQuick
        if seconds:
            self._world.wait(seconds)
        return super().passes(expression, event, body, quick=quick)
