"""The console from its parts, started."""

import sys
import webbrowser

import typer

from doorbell_cli.console.app import application
from doorbell_cli.console.desk import Desk
from doorbell_cli.console.door import Door
from doorbell_cli.console.render import Frame, Pages
from doorbell_cli.console.serve import listening, server_of
from doorbell_cli.target import Target


def start(target: Target, port: int, *, read_only: bool, open_browser: bool) -> None:
    """Until Ctrl-C. Raises `OSError` where the port is taken."""
    with listening(port) as at:
        door = Door(at.getsockname()[1])
        server = server_of(application(desk_of(target, door, read_only)))
        at.listen()
        typer.echo(f"The console of {target.name}: {door.first_url}")
        typer.echo("Ctrl-C ends it.", err=True)
        if open_browser and sys.stdout.isatty():
            webbrowser.open(door.first_url)
        server.run(sockets=[at])


def desk_of(target: Target, door: Door, read_only: bool) -> Desk:
    frame = Frame(target.name, target.local, read_only, door.form_token)
    return Desk(target, door, Pages(frame), read_only)
