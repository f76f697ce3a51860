"""A group of commands that knows of each its name, one line of help and its place, and imports it when it is
named: what one command needs costs no other one anything, and `--help` nothing at all.

    class Commands(LazyGroup):
        panels = {"Watch": {"audit": Listed("doorbell_cli.commands.operations.audit:audit", "Count …")}}

    app = typer.Typer(cls=Commands)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, ClassVar, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group


class Line(NamedTuple):
    """Of a command: `help` is the first paragraph of its own, `example` what one types, after `doorbell`."""

    help: str
    example: str


@dataclass(frozen=True, slots=True)
class Listed:
    """`at` is `module:attribute`, where a function or a `typer.Typer` stands. `commands`: those of a group,
    by name. A group without them is imported as soon as it is named: one with options of its own needs that.
    """

    at: str
    help: str
    example: str = ""
    commands: Mapping[str, Line] = field(default_factory=dict)


class LazyGroup(TyperGroup):
    """Lists, completion and "Did you mean" see stand-ins of the commands. Whatever runs a command, or asks it
    for its own help or completion, goes through `resolve_command`, and gets the real one."""

    panels: ClassVar[Mapping[str, Mapping[str, Listed]]] = {}
    """Heading → name → command."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._listed: dict[str, Listed] = {}
        for panel, listed in self.panels.items():
            self._listed.update(listed)
            self.commands.update({name: _stand_in(name, one, panel) for name, one in listed.items()})

    # `Any`: typer keeps the types of contexts and commands to itself.
    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, command, rest = super().resolve_command(ctx, args)
        if name is None or isinstance(command, _Group):
            return name, command, rest
        one = self._listed[name]
        return name, _explained(real_command(one.at, name), one.example), rest


class _Group(TyperGroup):
    """A group inside, listed the same way."""

    def __init__(self, listed: Listed, **settings: Any) -> None:
        stand_ins = {name: TyperCommand(name, help=line.help) for name, line in listed.commands.items()}
        super().__init__(commands=dict(stand_ins), no_args_is_help=True, help=listed.help, **settings)
        self._listed = listed

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, command, rest = super().resolve_command(ctx, args)
        if name is None:
            return name, command, rest
        real = real_command(self._listed.at, self.name or "").commands[name]
        return name, _explained(real, self._listed.commands[name].example), rest


def real_command(at: str, name: str) -> Any:
    """What stands at `module:attribute`, as the command `name`."""
    module, _, attribute = at.partition(":")
    found = getattr(import_module(module), attribute)
    around = typer.Typer()
    if isinstance(found, typer.Typer):
        around.add_typer(found, name=name)
    else:
        around.command(name)(found)
    return get_group(around).commands[name]


def _explained(command: Any, example: str) -> Any:
    """With its help as paragraphs, which the terminal breaks into lines, and its example below."""
    paragraphs = (command.help or "").split("\n\n")
    command.help = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    if example:
        literal = example.replace("[", r"\[")  # else rich takes it for markup
        command.epilog = f"Example: doorbell {literal}"
    return command


def _stand_in(name: str, one: Listed, panel: str) -> TyperCommand | TyperGroup:
    if one.commands:
        return _Group(one, name=name, rich_help_panel=panel)
    return TyperCommand(name, help=one.help, rich_help_panel=panel)
