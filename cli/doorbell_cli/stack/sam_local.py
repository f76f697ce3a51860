"""What `sam local` needs to run a function in a container against the local stack."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from doorbell_cli.stack.deploy import STACK_NAME
from doorbell_cli.stack.environment import REGION, ROOT_KEY, ROOT_SECRET

DOCKER_HOST = "172.17.0.1"
"""Where a container on Docker's default bridge finds this machine; on Docker Desktop host.docker.internal."""


def env_vars(endpoint_url: str, container_host: str = DOCKER_HOST) -> dict[str, dict[str, str]]:
    """The content of `sam local … --env-vars FILE`: each function's deployed environment by logical id.

    `sam local` knows no physical names (a `!Ref` is the logical id to it); the running stack knows them.
    """
    import boto3  # only who asks the stack needs it

    session = boto3.Session(ROOT_KEY, ROOT_SECRET, region_name=REGION)
    cloudformation = session.client("cloudformation", endpoint_url=endpoint_url)
    functions = session.client("lambda", endpoint_url=endpoint_url)
    environments = {}
    for resource in cloudformation.describe_stack_resources(StackName=STACK_NAME)["StackResources"]:
        if resource["ResourceType"] == "AWS::Lambda::Function":
            found: Any = functions.get_function_configuration(FunctionName=resource["PhysicalResourceId"])
            variables: dict[str, str] = found["Environment"]["Variables"]
            reachable = _on_host(variables["AWS_ENDPOINT_URL"], container_host)
            environments[resource["LogicalResourceId"]] = {**variables, "AWS_ENDPOINT_URL": reachable}
    return environments


def _on_host(url: str, host: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{host}:{parts.port}"))
