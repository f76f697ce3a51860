"""`doorbell local …`: Doorbell on this machine."""

import json
import signal
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from doorbell_cli.output import fail, printable
from doorbell_cli.stack.environment import StackError, aws_environ, project_root
from doorbell_cli.stack.local import LocalStack, local_stack
from doorbell_cli.stack.progress import Progress
from doorbell_cli.stack.record import Record, record_path, running, sole_owner
from doorbell_cli.stack.sam_local import DOCKER_HOST, env_vars

if TYPE_CHECKING:
    from doorbell_cli.configfile import Entry

LOOK_SECONDS = 1.0
"""Between two looks at what the functions have written."""

local = typer.Typer(no_args_is_help=True, help="Doorbell on this machine, in a local AWS.")


@local.command()
def up(
    bind: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 lets containers (sam local) in.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port to listen on; 0 takes a free one.")] = 0,
    seed: Annotated[
        list[Path] | None,
        typer.Option(
            "--seed", exists=True, dir_okay=False, help="Sources and subscriptions, as `apply` reads them."
        ),
    ] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="A parameter of template.yaml; can be repeated."),
    ] = None,
) -> None:
    """Bring the local stack up and keep it up until Ctrl-C.

    Each request that it gets is a line: what came, what was answered, and why.

    A checkout has one local stack. For a second one beside it, set DOORBELL_LOCAL to the name of another
    record file, here and for the commands that are meant for it.

    The stack forgets everything when it stops, parameters too. What --seed names is written again at each
    start. Secrets that its items refer to are made from their names: they are the same at each start, and no
    secrets.
    """
    entries, parameters = _read(seed or []), _parameters(parameter or [])
    end = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        end.set()
        raise KeyboardInterrupt  # also out of a build or a deploy

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    progress, record = Progress(), record_path()
    try:
        with ExitStack() as held:
            held.enter_context(sole_owner(record))
            stack = held.enter_context(local_stack(progress, parameters, bind, port))
            _seed(stack, entries)
            held.callback(record.unlink, missing_ok=True)
            Record(stack.endpoint_url, stack.api_url, stack.outputs, stack.parameters).write(record)
            _say_what_next(progress, stack, parameters)
            _tell_requests(progress, stack, end)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None
    except StackError as error:
        fail(str(error))


@local.command()
def env() -> None:
    """Print what points the AWS CLI and SAM at the running stack: eval "$(doorbell local env)"."""
    record = _running()
    for name, value in {**aws_environ(record.endpoint_url), "DOORBELL_URL": record.api_url}.items():
        typer.echo(f"export {name}='{value}'")


@local.command(name="sam-env")
def sam_env(
    host: Annotated[str, typer.Option(help="This machine, as a container sees it.")] = DOCKER_HOST,
) -> None:
    """Print the file that `sam local invoke --env-vars` needs; the stack must be up with --bind 0.0.0.0."""
    typer.echo(json.dumps(env_vars(_running().endpoint_url, host), indent=2))


def _running() -> Record:
    try:
        record = running()
    except StackError as error:
        fail(str(error))
    if record is None:
        fail("No local stack is running. Start one with `doorbell local up`.")
    return record


def _read(files: list[Path]) -> "list[Entry]":
    """Before the minute that it takes to bring a stack up."""
    if not files:
        return []
    from doorbell_cli.commands.configuration.apply import read_entries

    return read_entries(files)


def _parameters(given: list[str]) -> dict[str, str]:
    """Before that minute, too."""
    if not given:
        return {}
    from doorbell_cli.stack.parameters import ParameterError, chosen

    try:
        return chosen(project_root() / "template.yaml", given)
    except ParameterError as error:
        raise typer.BadParameter(str(error), param_hint="--parameter") from None
    except StackError as error:
        fail(str(error))


def _seed(stack: LocalStack, entries: "list[Entry]") -> None:
    if not entries:
        return
    from doorbell_cli.aws_session import of_local_root
    from doorbell_cli.commands.configuration.seed import sow
    from doorbell_cli.target import Target

    outputs, parameters = stack.outputs, stack.parameters
    sow(
        Target("local", True, outputs, parameters, stack.api_url, of_local_root(), stack.endpoint_url),
        entries,
    )


def _tell_requests(progress: Progress, stack: LocalStack, end: threading.Event) -> None:
    """A line for each, until the end. What the local AWS does not answer is asked again."""
    from botocore.exceptions import BotoCoreError, ClientError

    from doorbell.domain.errors import Unavailable
    from doorbell_cli.ops.log_lines import Following, Logs
    from doorbell_cli.ops.requests_told import ANSWERING, told
    from doorbell_cli.stack.deploy import STACK_NAME

    following = Following(Logs(stack.client("logs"), STACK_NAME), ANSWERING, time.time())
    while not end.wait(LOOK_SECONDS):
        with suppress(BotoCoreError, ClientError, Unavailable):
            for line in filter(None, map(told, following.next(time.time()))):
                progress.say(printable(line))


def _say_what_next(progress: Progress, stack: LocalStack, parameters: Mapping[str, str]) -> None:
    progress.say()
    progress.say(f"Doorbell is up. Providers ring at {stack.api_url}/in/<source>")
    progress.say(f"Its AWS is at {stack.endpoint_url} (log: {stack.directory / 'ministack.log'})")
    if parameters:
        given = " ".join(f"{name}={value}" for name, value in parameters.items())
        progress.say(printable(f"Until it stops, and not for the next one: {given}"))
    progress.say()
    progress.say("In another terminal:")
    progress.say(f'  eval "$({Path(sys.argv[0])} local env)"')
    progress.say("  aws dynamodb scan --table-name " + stack.outputs["SourcesTableName"])
    progress.say(f"  curl -i -X POST '{stack.api_url}/in/unknown' -d '{{}}'")
    progress.say()
    progress.say("Each request is told below. Ctrl-C stops the stack and leaves nothing behind.")
