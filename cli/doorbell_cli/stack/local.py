"""The whole local stack as one object: up when it exists, gone when it is closed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doorbell_cli.stack.build import architecture, build
from doorbell_cli.stack.deploy import STACK_NAME, deploy
from doorbell_cli.stack.environment import (
    REGION,
    ROOT_KEY,
    ROOT_SECRET,
    StackError,
    aws_environ,
    project_root,
)
from doorbell_cli.stack.progress import Progress
from doorbell_cli.stack.server import Server, port_for

if TYPE_CHECKING:
    import boto3

__all__ = ["LocalStack", "StackError", "local_parameters", "local_stack"]


class LocalStack:
    """A deployed Doorbell on this machine. `outputs` are the template's outputs by name."""

    def __init__(self, server: Server, root: Path, template: Path, parameters: Mapping[str, str]) -> None:
        self.root = root
        self.template = template
        self._server = server
        self._clients: dict[str, Any] = {}
        self.outputs, there = self._described()
        self.outputs["ApiUrl"] = self.api_url  # what MiniStack makes of the output leads nowhere
        self.parameters = {**there, **parameters}

    @property
    def endpoint_url(self) -> str:
        """Where this stack's AWS is."""
        return self._server.endpoint_url

    @property
    def api_url(self) -> str:
        """Where this stack's HTTP API is; on AWS that is the output ApiUrl."""
        return f"{self.endpoint_url}/_aws/execute-api/{self.outputs['ApiId']}/$default"

    @property
    def directory(self) -> Path:
        """The server's directory: its log and the unpacked functions."""
        return self._server.directory

    @property
    def environ(self) -> dict[str, str]:
        """Variables that point boto3, SAM and the AWS CLI at this stack."""
        return aws_environ(self.endpoint_url)

    def session(self) -> "boto3.Session":
        import boto3  # only who asks the stack needs it, not who asks where it is

        return boto3.Session(
            aws_access_key_id=ROOT_KEY, aws_secret_access_key=ROOT_SECRET, region_name=REGION
        )

    def client(self, service: str) -> Any:
        """A boto3 client of the stack's root user, made once (`Any`: the service is only known at run time).

        Threads may ask for it. Making one takes longer than most calls that are made with it.
        """
        if service not in self._clients:
            make: Any = self.session().client
            self._clients.setdefault(service, make(service, endpoint_url=self.endpoint_url))
        return self._clients[service]

    def function_name(self, name: str) -> str:
        return self.outputs[f"{name.capitalize()}FunctionName"]

    def logs(self, name: str) -> list[str]:
        """What a function has written, oldest first: `stack.logs("dispatcher")`."""
        pages = self.client("logs").get_paginator("filter_log_events")
        group = f"/doorbell/{STACK_NAME}/{name}"
        return [event["message"] for page in pages.paginate(logGroupName=group) for event in page["events"]]

    def workers(self, name: str) -> list[int]:
        """Process ids of a function's execution environments, for tests that kill one."""
        return self._server.workers(self.function_name(name))

    def _described(self) -> tuple[dict[str, str], dict[str, str]]:
        """Outputs and parameters, defaults included."""
        (stack,) = self.client("cloudformation").describe_stacks(StackName=STACK_NAME)["Stacks"]
        outputs = {row["OutputKey"]: row["OutputValue"] for row in stack["Outputs"]}
        return outputs, {row["ParameterKey"]: row["ParameterValue"] for row in stack["Parameters"]}


@contextmanager
def local_stack(
    progress: Progress | None = None,
    parameters: Mapping[str, str] | None = None,
    bind: str = "127.0.0.1",
    port: int = 0,
) -> Iterator[LocalStack]:
    """Build, start, deploy; on leaving, stop and remove everything.

    `parameters` are the template's and go before the local defaults.
    """
    progress = progress or Progress(quiet=True)
    root = project_root()
    port_for(bind, port)  # before the minute that a build takes; asked again after it
    with progress.step("Building the functions and layers (sam build)"):
        template = build(root)
    with progress.step("Starting MiniStack, a local AWS with IAM enforced"):
        server = Server(bind, port)
    try:
        chosen = {**local_parameters(server.endpoint_url), **(parameters or {})}
        with progress.step("Deploying template.yaml (sam deploy)"):
            deploy(root, template, server.endpoint_url, chosen)
        yield LocalStack(server, root, template, chosen)
    finally:
        with progress.step("Stopping and cleaning up"):
            server.stop()


def local_parameters(endpoint_url: str) -> dict[str, str]:
    return {
        "Architecture": architecture(),
        "AllowHttp": "true",
        "EgressAllowedCidrs": "127.0.0.0/8",
        "EgressAllowedPorts": "any",
        "AwsEndpointUrl": endpoint_url,
        "Inbox": "true",
        # MiniStack 1.5.33 keeps a Number parameter as text and its poller stumbles over it; 0 = no limit.
        "MaximumConcurrency": "0",
    }
