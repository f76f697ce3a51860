"""Every command of `doorbell` that does something, by its words, with its example."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from doorbell_cli.commands.table import COMMANDS
from doorbell_cli.lazy import real_command


@dataclass(frozen=True)
class Named:
    """`words`: `events list`. `example`: as it is typed behind `doorbell`."""

    words: str
    command: Any
    example: tuple[str, ...]

    @property
    def options(self) -> set[str]:
        """The first name of each, without arguments."""
        return {one.opts[0] for one in self.command.params if one.param_type_name == "option"}


def every_command() -> dict[str, Named]:
    found = {}
    for name, listed in COMMANDS.items():
        real = real_command(listed.at, name)
        if not listed.commands:
            found[name] = Named(name, real, _typed(listed.example))
        for below, line in listed.commands.items():
            words = f"{name} {below}"
            found[words] = Named(words, real.commands[below], _typed(line.example))
    return found


def everything_asked(command: Any) -> Iterator[Any]:
    """Every argument and option, of those below it too."""
    yield from command.params
    for inner in getattr(command, "commands", {}).values():
        yield from everything_asked(inner)


def _typed(example: str) -> tuple[str, ...]:
    return tuple(shlex.split(example.partition(" > ")[0].removesuffix(" --stack doorbell")))
