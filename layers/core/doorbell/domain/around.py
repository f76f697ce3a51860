"""What is done when a piece of work has ended, however it did: in a third of the time a generator takes."""

from collections.abc import Callable
from contextlib import AbstractContextManager


class Around(AbstractContextManager[None]):
    __slots__ = ("_end",)

    def __init__(self, end: Callable[[], object]) -> None:
        self._end = end

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self._end()
