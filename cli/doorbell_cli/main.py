"""`doorbell`: the operator's tool. Its commands are listed in `commands/table.py`."""

from typing import Annotated

import typer

from doorbell import __version__
from doorbell_cli.commands.table import PANELS
from doorbell_cli.lazy import LazyGroup


class Commands(LazyGroup):
    panels = PANELS


app = typer.Typer(cls=Commands, no_args_is_help=True)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"doorbell {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Set up, watch and repair a Doorbell: the webhook gateway in your own AWS account."""


if __name__ == "__main__":
    app()
