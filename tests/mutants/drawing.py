"""Which bugs are tried: drawn by a seed, of each room in turn, so that the first are as good as any."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random

from tests.mutants.bug import Bug

type BugOn = Callable[[str, str, int, Random], Bug | None]
"""`(room, path, line, chance)`: one of the bugs that the line can have; None where it can have none."""


def draw(rooms: Mapping[str, Mapping[str, int]], bug_on: BugOn, seed: int) -> Iterator[Bug]:
    """Of `rooms`, their files and how many lines each has: one a line, each line of a room as likely as any
    other. What a line has is asked when its turn comes."""
    each = {name: _of_room(name, files, bug_on, seed) for name, files in rooms.items()}
    while each:
        for name in list(each):
            bug = next(each[name], None)
            if bug is None:
                del each[name]
            else:
                yield bug


def _of_room(room: str, files: Mapping[str, int], bug_on: BugOn, seed: int) -> Iterator[Bug]:
    lines: Sequence[tuple[str, int]] = [
        (path, line) for path, count in sorted(files.items()) for line in range(1, count + 1)
    ]
    for path, line in Random(f"{seed} {room}").sample(lines, len(lines)):
        if bug := bug_on(room, path, line, Random(f"{seed} {path} {line}")):
            yield bug
