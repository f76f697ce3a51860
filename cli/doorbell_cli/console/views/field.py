"""A field of a form."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """`name` is the item's field, or `options.NAME`. `choices`: there are no others, the first is the usual
    one. `rows`: it has several lines."""

    name: str
    label: str
    required: bool
    usual: str = ""
    choices: Sequence[str] = ()
    rows: int = 0
