"""A bug: one change of one place in one file."""

import difflib
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Bug:
    """In `path`, whose line `line` it is on, the characters from `start` to `end` become `text`."""

    room: str
    path: str
    line: int
    start: int
    end: int
    text: str

    @classmethod
    def between(cls, room: str, path: str, line: int, sound: str, spoilt: str) -> Self:
        """The smallest change that makes the one text of the other."""
        limit = min(len(sound), len(spoilt))
        start = next((at for at in range(limit) if sound[at] != spoilt[at]), limit)
        rest = limit - start
        tail = next((at for at in range(rest) if sound[-1 - at] != spoilt[-1 - at]), rest)
        return cls(room, path, line, start, len(sound) - tail, spoilt[start : len(spoilt) - tail])

    @property
    def name(self) -> str:
        """The same in every run that knows the same file."""
        return f"{self.path}:{self.start}-{self.end}:{self.text}"

    def put_into(self, sound: str) -> str:
        return sound[: self.start] + self.text + sound[self.end :]

    def shown(self, sound: str) -> str:
        """The lines that differ, before and after."""
        lines = difflib.unified_diff(sound.splitlines(), self.put_into(sound).splitlines(), n=0, lineterm="")
        return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))
