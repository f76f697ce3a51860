"""The commands that configure and check, in one place for `main.py`."""

import typer

from doorbell_cli.commands.apply import apply
from doorbell_cli.commands.check import check
from doorbell_cli.commands.config_sources import sources
from doorbell_cli.commands.config_subscriptions import subscriptions
from doorbell_cli.commands.listen import listen
from doorbell_cli.commands.test import send_test


def register(app: typer.Typer) -> None:
    app.add_typer(sources, name="sources")
    app.add_typer(subscriptions, name="subscriptions")
    for command in (apply, check, listen):
        app.command()(command)
    app.command("test")(send_test)
