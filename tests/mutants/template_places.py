"""Bugs in template.yaml: a line forgotten, a number or a truth that is another, a name of something else."""

import re
from collections.abc import Iterator
from random import Random

from tests.mutants.bug import Bug

_LEAF = re.compile(r"\s+(?:- )?[\w-]+: \S.*|\s+- \S.*")
_NUMBER = re.compile(r": (\d+)$")
_NAMED = re.compile(r"(!Ref |!GetAtt |!If \[|Condition: )(\w+)")
_SPLIT = {"true": "false", "false": "true", "Allow": "Deny", "Maximum": "Minimum", "Sum": "Average"}
_NOTES = re.compile(r"\s*(#|Description:)")


class Template:
    """As `python_places.Source`."""

    def __init__(self, room: str, path: str, text: str) -> None:
        self._room, self._path, self._lines = room, path, text.splitlines(keepends=True)
        names = {found[1] + found[2] for line in self._lines for found in _NAMED.finditer(line)}
        self._names = sorted(names)
        self._found = {
            number: list(self._changed(line))
            for number, line in enumerate(self._lines, 1)
            if line.strip() and not _NOTES.match(line)
        }

    def bug(self, line: int, chance: Random) -> Bug | None:
        if not self._found.get(line):
            return None
        spoilt = [*self._lines[: line - 1], chance.choice(self._found[line]), *self._lines[line:]]
        return Bug.between(self._room, self._path, line, "".join(self._lines), "".join(spoilt))

    def _changed(self, line: str) -> Iterator[str]:
        text = line.rstrip("\n")
        if _LEAF.fullmatch(text) and not text.endswith((":", "|", ">")):
            yield ""
        if number := _NUMBER.search(text):
            yield f"{text[: number.start(1)]}{int(number[1]) * 2 + 1}\n"
        for word, other in _SPLIT.items():
            if text.endswith(f" {word}"):
                yield f"{text.removesuffix(word)}{other}\n"
        for found in _NAMED.finditer(text):
            others = [name for name in self._names if name.startswith(found[1])]
            other = others[(others.index(found[0]) + 1) % len(others)]
            if other != found[0]:
                yield f"{text[: found.start()]}{other}{text[found.end() :]}\n"
