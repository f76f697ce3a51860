"""`doorbell local …`"""

import json
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

import typer

from doorbell_cli.stack.environment import StackError, aws_environ, project_root
from doorbell_cli.stack.local import LocalStack, local_stack
from doorbell_cli.stack.progress import Progress
from doorbell_cli.stack.sam_local import DOCKER_HOST, env_vars

local = typer.Typer(no_args_is_help=True, help="Doorbell on this machine, in a local AWS.")


@local.command()
def up(
    bind: str = typer.Option(
        "127.0.0.1", help="Address to listen on; 0.0.0.0 lets containers (sam local) in."
    ),
) -> None:
    """Bring the local stack up and keep it up until Ctrl-C."""
    end = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        end.set()
        raise KeyboardInterrupt  # also out of a build or a deploy

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    progress = Progress()
    record = _record()
    try:
        with local_stack(progress, bind=bind) as stack:
            record.write_text(json.dumps({"endpoint_url": stack.endpoint_url, "api_url": stack.api_url}))
            try:
                _say_what_next(progress, stack)
                end.wait()
            finally:
                record.unlink(missing_ok=True)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None
    except StackError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(1) from None


@local.command()
def env() -> None:
    """Print what points the AWS CLI and SAM at the running stack: eval "$(doorbell local env)"."""
    running = _running()
    for name, value in {**aws_environ(running["endpoint_url"]), "DOORBELL_URL": running["api_url"]}.items():
        typer.echo(f"export {name}='{value}'")


@local.command(name="sam-env")
def sam_env(
    host: str = typer.Option(DOCKER_HOST, help="This machine, as a container sees it."),
) -> None:
    """Print the file that `sam local invoke --env-vars` needs; the stack must be up with --bind 0.0.0.0."""
    typer.echo(json.dumps(env_vars(_running()["endpoint_url"], host), indent=2))


def _record() -> Path:
    return project_root() / ".aws-sam" / "local" / "running.json"


def _running() -> dict[str, str]:
    record = _record()
    if not record.is_file():
        typer.echo("error: no local stack is running; start one with `doorbell local up`", err=True)
        raise typer.Exit(1)
    running: dict[str, str] = json.loads(record.read_text())
    return running


def _say_what_next(progress: Progress, stack: LocalStack) -> None:
    progress.say()
    progress.say(f"Doorbell is up. Providers ring at {stack.api_url}/in/<source>")
    progress.say(f"Its AWS is at {stack.endpoint_url} (log: {stack.directory / 'ministack.log'})")
    progress.say()
    progress.say("In another terminal:")
    progress.say(f'  eval "$({Path(sys.argv[0])} local env)"')
    progress.say("  aws dynamodb scan --table-name " + stack.outputs["SourcesTableName"])
    progress.say(f"  curl -i -X POST '{stack.api_url}/in/unknown' -d '{{}}'")
    progress.say()
    progress.say("Ctrl-C stops it and leaves nothing behind.")
