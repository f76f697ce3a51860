"""Lists that stop at a limit, and say so."""

from collections.abc import Iterable
from itertools import islice

from doorbell_cli.output import Output


def up_to[T](limit: int, found: Iterable[T]) -> tuple[list[T], bool]:
    """The first `limit`, and whether there are more."""
    rows = list(islice(found, limit + 1))
    return rows[:limit], len(rows) > limit


def say_more(out: Output, limit: int) -> None:
    """Beside the rows, on stderr."""
    out.note(f"There are more than these {limit}. Raise --limit, or narrow --since and --until.")
