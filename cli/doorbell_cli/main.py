"""`doorbell`: the operator's tool. Each command is a module under `commands/`; here is the list of them."""

import typer

from doorbell_cli.commands.providers import providers
from doorbell_cli.commands.sign import sign
from doorbell_cli.commands.verify import verify
from doorbell_cli.demo.command import demo
from doorbell_cli.stack.commands import local

app = typer.Typer(no_args_is_help=True, help="Doorbell's operator's tool.")
app.add_typer(local, name="local")
app.command()(demo)
app.add_typer(providers, name="providers")
app.command()(verify)
app.command()(sign)


@app.callback()
def root() -> None:
    """Doorbell's operator's tool."""


if __name__ == "__main__":
    app()
