"""`doorbell listen`: a subscriber on this machine. With --forward a deployed Doorbell delivers to it."""

import threading
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Annotated

import typer

from doorbell_cli.commands.operations import listen_flags as flags
from doorbell_cli.commands.operations.listener import Listener, handler_of
from doorbell_cli.output import JsonOption
from doorbell_cli.target import StackOption


def listen(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="0 takes a free one.", min=0, max=65_535)] = 8787,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    secret: Annotated[
        str | None,
        typer.Option(
            envvar="DOORBELL_SECRET",
            show_envvar=True,
            help="The subscription's secret, or its public key (whpk_…). Better in the environment.",
        ),
    ] = None,
    status: Annotated[int, typer.Option(help="What to answer.", min=200, max=599)] = 204,
    fail: Annotated[int, typer.Option(help="Answer 500 to the first this many.", min=0)] = 0,
    count: Annotated[int | None, typer.Option(help="Stop after this many requests.", min=1)] = None,
    keep: Annotated[
        Path | None,
        typer.Option(help="A folder: every request becomes a file, which `ring --kept` rings again."),
    ] = None,
    forward: flags.Forward = None,
    name: flags.Name = None,
    tenant: flags.Tenant = "default",
    event_type: flags.EventType = None,
    source: flags.Source = None,
    filter: flags.Filter = None,
    transform: flags.Transform = None,
    body: flags.Body = None,
    event: flags.From = None,
    retry: flags.Retry = False,
    stay: flags.Stay = False,
    timeout: flags.Timeout = 30,
    anywhere: flags.Anywhere = False,
    stack: StackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print every request, and whether its signature is right; with --json a line of JSON for each.

    Answers 401 to what is not signed as it should be. Ctrl-C stops it.

    With --forward it is a subscription of a deployed Doorbell, with a queue of its own: each event is rung
    at the URL as any subscriber would get it. The URL is this machine's, unless you add --anywhere.

    While the application is down, the machine asleep or this command killed, what comes waits in the queue,
    and is rung when the same --name is back within a day.
    Ctrl-C removes queue and subscription.
    """
    flags.refuse_mixed(context)
    if forward is None:
        _receive(Listener(secret, status, fail, as_json, stop_after=count, keep=keep), host, port)
        return
    from doorbell_cli.commands.operations.forwarding import Fields, forwarded  # AWS, and the way out

    fields = Fields(event_type, source, filter, transform, body)
    with forwarded(stack, forward, name, tenant, anywhere=anywhere) as begin:
        begin(
            fields=fields.given(),
            secret=secret,
            events=event or (),
            retries=retry,
            stays=stay,
            timeout=float(timeout),
            most=count,
            as_json=as_json,
        )


def _receive(listener: Listener, host: str, port: int) -> None:
    keep = listener.keep
    try:
        if keep is not None:
            keep.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise typer.BadParameter(f"{keep}: {error.strerror}", param_hint="--keep") from None
    try:
        server = ThreadingHTTPServer((host, port), handler_of(listener))
    except (OSError, TypeError, UnicodeError) as error:  # the last two: a name that no host can have
        why = getattr(error, "strerror", None) or "no such host"
        typer.echo(f"error: Cannot listen on {host}:{port}: {why}", err=True)
        raise typer.Exit(2) from None
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
    thread.start()
    typer.echo(f"Listening on http://{host}:{server.server_port}/", err=True)
    try:
        listener.enough.wait()
    except KeyboardInterrupt:
        pass
    finally:
        server.shutdown()
        server.server_close()
