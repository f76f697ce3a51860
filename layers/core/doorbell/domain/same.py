"""Knowing a thing by its identity."""

from typing import Any


class Same:
    """Equal to what holds the very same object: a large declaration is not read through to be found again. It
    is held, so that no other can take its place in memory."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value
