"""Options that mean nothing beside another, or without one: told, and nothing is done."""

from collections.abc import Collection

import typer

LONGEST_WATCH_SECONDS = 30 * 86_400
"""Of what watches until it is told to stop. Without an end `inf` is a number too."""


def was_typed(context: typer.Context, name: str) -> bool:
    """What stands in the environment, or is a default, was not."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def refuse_typed(context: typer.Context, names: Collection[str], why: str) -> None:
    """Ends the command with `why` if one of the parameters `names` was typed."""
    for name in names:
        if was_typed(context, name):
            raise typer.BadParameter(why, param_hint=_flag(context, name))


def refuse_other(context: typer.Context, but: Collection[str], why: str) -> None:
    """The same of every parameter that is not in `but`."""
    refuse_typed(context, [name for name in context.params if name not in but], why)


def _flag(context: typer.Context, name: str) -> str:
    named = next(found for found in context.command.params if found.name == name)
    return str(named.opts[0])
