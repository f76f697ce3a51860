"""The local stack as a fixture: one for the whole test session."""

from collections.abc import Iterator

import pytest

from doorbell_cli.aws_session import of_local_root
from doorbell_cli.stack import LocalStack, Progress, local_stack
from doorbell_cli.target import Target


@pytest.fixture(scope="session")
def stack() -> Iterator[LocalStack]:
    """A deployed Doorbell. Tests share it, so each makes its own sources and subscriptions.

    The grace is short, so that a test sees the sweeper repair something within a minute or two. The routing
    index is on: without a certificate events ask everybody, as where it is off. One tenant has targets.
    Tenants can be purged by jobs.
    """
    targets = {
        "TargetArns": "arn:aws:*:*:*:*targets-*",
        "TargetTenants": "target-tests",
        "TargetRoleArns": "arn:aws:iam::*:role/targets-*",
    }
    parameters = {"GraceSeconds": "20", "RoutingIndex": "true", "PurgeJobs": "true", **targets}
    with local_stack(Progress(quiet=True), parameters=parameters) as running:
        yield running


def target_of(stack: LocalStack) -> Target:
    """The stack as the tool finds it."""
    session = of_local_root()
    return Target(
        "doorbell", True, stack.outputs, stack.parameters, stack.api_url, session, stack.endpoint_url
    )
