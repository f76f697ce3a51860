"""Which deployed Doorbell a command talks to: `--stack NAME`, or else the local stack that is running.

    with connected(stack) as target:
        target.client("dynamodb").scan(TableName=target.table("Events"))

Inside `connected`, what AWS or the configuration says no to ends the command with its exit code.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import boto3
import botocore.session
import typer
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, NoRegionError

from doorbell.aws_errors import code_of
from doorbell.domain.errors import ConfigError, DoorbellError, Refusal, SecretMissing
from doorbell.runtime.settings import SettingsError
from doorbell_cli.output import Exit, fail
from doorbell_cli.stack.deploy import STACK_NAME
from doorbell_cli.stack.environment import REGION, ROOT_KEY, ROOT_SECRET, StackError, project_root

StackOption = Annotated[
    str | None,
    typer.Option(
        "--stack",
        envvar="DOORBELL_STACK",
        help="A deployed stack, with your AWS credentials; without it, the local stack that is running.",
    ),
]

_CONFIG = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "max_attempts": 5})


class TargetError(Exception):
    """No stack could be found; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """`outputs` and `parameters` are the CloudFormation stack's, by name. `api_url` ends without a slash."""

    name: str
    local: bool
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]
    api_url: str
    session: boto3.Session
    endpoint_url: str | None = None
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """A boto3 client, made once (`Any`: the service is only known at run time)."""
        if service not in self._clients:
            make: Any = self.session.client
            self._clients[service] = make(service, endpoint_url=self.endpoint_url, config=_CONFIG)
        return self._clients[service]

    def table(self, name: str) -> str:
        """`Sources`, `Subscriptions`, `Endpoints`, `EventTypes` or `Events`."""
        return self.output(f"{name}TableName")

    def queue_url(self, name: str) -> str:
        """`Events`, `Deliveries`, and each with `DeadLetter` after it."""
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
                f"the stack {self.name} has no output {key}: is it Doorbell's, and new enough?"
            ) from None


@contextmanager
def connected(stack: str | None) -> Iterator[Target]:
    """The target, for the length of a command; expected errors end it with a line and an exit code."""
    try:
        yield find_target(stack)
    except (TargetError, StackError, SettingsError) as error:
        fail(str(error), Exit.USAGE)
    except (ConfigError, SecretMissing, Refusal) as error:
        fail(str(error), Exit.PROBLEM)
    except ClientError as error:
        fail(f"AWS refused {error.operation_name}: {code_of(error)}", Exit.AWS)
    except NoRegionError:
        fail("AWS: no region is set: AWS_REGION, or a profile with one", Exit.AWS)
    except BotoCoreError as error:
        fail(f"AWS: {error}", Exit.AWS)
    except DoorbellError as error:  # Unavailable, and what else a port raises
        fail(str(error), Exit.AWS)


def find_target(stack: str | None) -> Target:
    """Raises `TargetError`, or botocore's own errors."""
    return _deployed(stack) if stack else _running_local()


def _deployed(stack: str) -> Target:
    session = boto3.Session(
        region_name=os.environ.get("AWS_REGION")
    )  # botocore reads AWS_DEFAULT_REGION only
    outputs, parameters = _describe(session, stack, None)
    api_url = outputs.get("ApiUrl", "").rstrip("/")
    return Target(stack, False, outputs, parameters, api_url, session)


def _running_local() -> Target:
    record = record_path()
    try:
        running = json.loads(record.read_text())
    except FileNotFoundError:
        raise TargetError(
            "no local stack is running: start one with `doorbell local up`, or name a deployed one "
            "with --stack NAME"
        ) from None
    session, endpoint_url = local_session(), running["endpoint_url"]
    try:
        outputs, parameters = _describe(session, STACK_NAME, endpoint_url)
    except EndpointConnectionError:
        raise TargetError(
            f"the local stack does not answer at {endpoint_url}: start it again with `doorbell local up`"
        ) from None
    return Target(STACK_NAME, True, outputs, parameters, running["api_url"], session, endpoint_url)


def record_path() -> Path:
    """Where `doorbell local up` says what is running; DOORBELL_LOCAL names another record."""
    given = os.environ.get("DOORBELL_LOCAL")
    return Path(given) if given else project_root() / ".aws-sam" / "local" / "running.json"


def local_session() -> boto3.Session:
    """The local stack's root user, whatever AWS profile or files the caller has."""
    nowhere = (None, None, os.devnull, None)
    core = botocore.session.Session(
        session_vars={
            "profile": (None, None, None, None),
            "config_file": nowhere,
            "credentials_file": nowhere,
        }
    )
    core.set_credentials(ROOT_KEY, ROOT_SECRET)
    return boto3.Session(botocore_session=core, region_name=REGION)


def _describe(
    session: boto3.Session, stack: str, endpoint_url: str | None
) -> tuple[dict[str, str], dict[str, str]]:
    client = session.client("cloudformation", endpoint_url=endpoint_url, config=_CONFIG)
    try:
        found = client.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if code_of(error) == "ValidationError":  # what CloudFormation says of a stack that is not there
            where = f"in {session.region_name}" if session.region_name else "in this account"
            raise TargetError(f"there is no stack {stack} {where}") from None
        raise
    outputs = {row["OutputKey"]: row["OutputValue"] for row in found.get("Outputs", [])}
    parameters = {row["ParameterKey"]: row["ParameterValue"] for row in found.get("Parameters", [])}
    return outputs, parameters
