"""Which deployed Doorbell a command talks to: `--stack NAME`, or else the local stack that is running.

    with connected(stack) as target:
        target.client("dynamodb").scan(TableName=target.table("Events"))

Inside `connected`, what AWS or the configuration says no to ends the command with its exit code.
"""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from botocore.exceptions import BotoCoreError, ClientError

from doorbell.aws_errors import code_of
from doorbell.domain.errors import ConfigError, DoorbellError, Refusal, SecretMissing, Unavailable
from doorbell.runtime.settings import SettingsError
from doorbell_cli.aws_session import AwsSession, ClientMaker, of_environment, of_local_root
from doorbell_cli.aws_words import in_words, meaning
from doorbell_cli.output import Exit, fail
from doorbell_cli.stack.deploy import STACK_NAME
from doorbell_cli.stack.environment import StackError
from doorbell_cli.stack.record import running

StackOption = Annotated[
    str | None,
    typer.Option(
        "--stack",
        envvar="DOORBELL_STACK",
        help="A deployed stack, with your AWS credentials; without it, the local stack that is running.",
    ),
]


class TargetError(Exception):
    """No stack could be found; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """`outputs` and `parameters` are the CloudFormation stack's, by name. `api_url` ends without a slash.
    `created_at`: epoch seconds; None where nobody asked."""

    name: str
    local: bool
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]
    api_url: str
    session: ClientMaker
    endpoint_url: str | None = None
    created_at: float | None = None
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """A boto3 client, made once (`Any`: the service is only known at run time)."""
        if service not in self._clients:
            self._clients[service] = self.session.client(service, endpoint_url=self.endpoint_url)
        return self._clients[service]

    def table(self, name: str) -> str:
        """A table by its name in the template, without "Table": `Sources`, `Events`, …, `Routes`."""
        return self.output(f"{name}TableName")

    def queue_url(self, name: str) -> str:
        """`Events`, `Deliveries`, `Inbox`, and each with `DeadLetter` after it."""
        return self.output(f"{name}QueueUrl")

    def function_name(self, name: str) -> str:
        """Of `ingest`, `publish`, `fanout`, …"""
        return self.output(f"{name.capitalize()}FunctionName")

    def output(self, key: str) -> str:
        """Raises `TargetError` for an output that this stack does not have."""
        try:
            return self.outputs[key]
        except KeyError:
            raise TargetError(
                f"The stack {self.name} has no output {key}. Is it Doorbell's, and new enough?"
            ) from None


EXPECTED = (TargetError, StackError, SettingsError, DoorbellError, ClientError, BotoCoreError)
"""What can go wrong with a stack without a fault of the tool: `said` puts it in words."""


@contextmanager
def connected(stack: str | None) -> Iterator[Target]:
    """The target, for the length of a command; expected errors end it with a line and an exit code."""
    try:
        yield find_target(stack)
    except EXPECTED as error:
        fail(said(error), _exit_of(error))


def said(error: Exception) -> str:
    """One of `EXPECTED` in a sentence, for people."""
    if isinstance(error, ClientError):
        return f"AWS refused {error.operation_name}: {meaning(code_of(error))}"
    if isinstance(error, Unavailable):
        return f"{error.service}.{error.operation}: {meaning(error.cause)}"
    return in_words(error) if isinstance(error, BotoCoreError) else str(error)


def _exit_of(error: Exception) -> Exit:
    if isinstance(error, TargetError | StackError | SettingsError):
        return Exit.USAGE
    return Exit.PROBLEM if isinstance(error, ConfigError | SecretMissing | Refusal) else Exit.AWS


def find_target(stack: str | None) -> Target:
    """Raises `TargetError`, or botocore's own errors."""
    return _deployed(stack) if stack else _running_local()


def _deployed(stack: str) -> Target:
    session = of_environment()
    outputs, parameters, created_at = _describe(session, stack, None)
    api_url = outputs.get("ApiUrl", "").rstrip("/")
    return Target(stack, False, outputs, parameters, api_url, session, created_at=created_at)


def _running_local() -> Target:
    record = running()
    if record is None:
        raise TargetError(
            "No local stack is running. Start one with `doorbell local up`, or name a deployed one "
            "with --stack NAME."
        )
    session, outputs, parameters = of_local_root(), record.outputs, record.parameters
    if not _listens(record.endpoint_url):
        raise TargetError(
            f"The local stack does not answer at {record.endpoint_url}. "
            "Start it again with `doorbell local up`."
        )
    if not outputs:
        outputs, parameters, _ = _describe(session, STACK_NAME, record.endpoint_url)
        outputs["ApiUrl"] = record.api_url
    return Target(STACK_NAME, True, outputs, parameters, record.api_url, session, record.endpoint_url)


def _listens(url: str) -> bool:
    place = urlsplit(url)
    try:
        with socket.create_connection((place.hostname, place.port or 80), timeout=5):
            return True
    except OSError:
        return False


def _describe(
    session: AwsSession, stack: str, endpoint_url: str | None
) -> tuple[dict[str, str], dict[str, str], float]:
    client = session.client("cloudformation", endpoint_url=endpoint_url)
    try:
        found = client.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if code_of(error) == "ValidationError":  # what CloudFormation says of a stack that is not there
            where = f"in {session.region_name}" if session.region_name else "in this account"
            raise TargetError(f"There is no stack {stack} {where}.") from None
        raise
    outputs = {row["OutputKey"]: row["OutputValue"] for row in found.get("Outputs", [])}
    parameters = {row["ParameterKey"]: row["ParameterValue"] for row in found.get("Parameters", [])}
    return outputs, parameters, found["CreationTime"].timestamp()
