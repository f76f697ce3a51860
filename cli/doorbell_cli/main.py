"""`doorbell`: the operator's tool. Each command is a module under `commands/`; here is the list of them."""

import typer

from doorbell_cli.commands import config
from doorbell_cli.commands.ops_audit import audit
from doorbell_cli.commands.ops_cost import cost
from doorbell_cli.commands.ops_deliveries import deliveries
from doorbell_cli.commands.ops_dlq import dlq
from doorbell_cli.commands.ops_events import events
from doorbell_cli.commands.ops_purge import purge
from doorbell_cli.commands.ops_replay import replay
from doorbell_cli.commands.providers import providers
from doorbell_cli.commands.sign import sign
from doorbell_cli.commands.verify import verify
from doorbell_cli.demo.command import demo
from doorbell_cli.stack.commands import local

app = typer.Typer(no_args_is_help=True, help="Doorbell's operator's tool.")
app.command()(demo)
app.add_typer(local, name="local")
config.register(app)
app.add_typer(events, name="events")
app.add_typer(deliveries, name="deliveries")
app.command()(replay)
app.command()(audit)
app.add_typer(dlq, name="dlq")
app.command()(purge)
app.command()(cost)
app.add_typer(providers, name="providers")
app.command()(sign)
app.command()(verify)


@app.callback()
def root() -> None:
    """Doorbell's operator's tool."""


if __name__ == "__main__":
    app()
