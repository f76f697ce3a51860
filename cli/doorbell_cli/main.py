"""`doorbell`: the operator's tool."""

import typer

from doorbell_cli.demo.command import demo
from doorbell_cli.stack.commands import local

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Doorbell's operator's tool.")
app.add_typer(local, name="local")
app.command()(demo)


@app.callback()
def root() -> None:
    """Doorbell's operator's tool."""


if __name__ == "__main__":
    app()
