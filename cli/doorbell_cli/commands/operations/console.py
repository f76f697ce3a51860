"""`doorbell console`: web pages on this machine."""

from typing import Annotated

import typer

from doorbell_cli.output import Exit, fail
from doorbell_cli.target import StackOption, connected


def console(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Listen here; 0: any free port.")] = 0,
    read_only: Annotated[bool, typer.Option("--read-only", help="Show everything, change nothing.")] = False,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open a browser, where this is a terminal.")
    ] = True,
    stack: StackOption = None,
) -> None:
    """Web pages on this machine: what fails and why, every event, who is refused; until Ctrl-C.

    It listens at 127.0.0.1 alone. The address it prints is good for one browser. What you change goes on
    record with your name (ARN).
    """
    from doorbell_cli.console.starting import start  # Starlette and Jinja2: slow to import

    with connected(stack) as target:
        try:
            start(target, port, read_only=read_only, open_browser=open_browser)
        except OSError as error:
            fail(f"It cannot listen at 127.0.0.1:{port}: {error.strerror}", Exit.USAGE)
