"""The functions as the template deploys them, in this process: `functions/*/app.py` with the environment that
the template gives each, on an emulated AWS that asks the function's role before each call (`guarded`).
"""

import importlib.util
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import boto3
import pytest
from moto import mock_aws

from doorbell.domain import company
from doorbell.domain.company import Company
from doorbell.domain.listening import queue_name
from doorbell.domain.outbound import OutboundRequest, Outcome, Wire
from doorbell.egress.conversation import WireAnswer
from doorbell.runtime import backfilling, dispatching, targets, together, wiring
from doorbell.runtime.targets import send_to_target
from tests.integration.conftest import Atomic
from tests.integration.guarded import Asked, Guarded
from tests.support.template import create_table
from tests.template.reading import ROOT, target
from tests.template.reading import resources as written_resources
from tests.template.rendering import ACCOUNT, REGION, STACK, Rendered, rendered

TENANT_WITH_TARGETS = "acme"
_HERE = f"{REGION}:{ACCOUNT}"
TARGETS = {
    "to-queue": f"arn:aws:sqs:{_HERE}:orders.fifo",
    "to-topic": f"arn:aws:sns:{_HERE}:orders",
    "to-bus": f"arn:aws:events:{_HERE}:event-bus/orders",
    "to-state-machine": f"arn:aws:states:{_HERE}:stateMachine:orders",
    "to-stream": f"arn:aws:kinesis:{_HERE}:stream/orders",
    "to-firehose": f"arn:aws:firehose:{_HERE}:deliverystream/orders",
    "to-bucket": "arn:aws:s3:::orders/shop/",
    "to-function": f"arn:aws:lambda:{_HERE}:function:nowhere",
    "to-function-sync": f"arn:aws:lambda:{_HERE}:function:nowhere",
    "by-role": f"arn:aws:sqs:{_HERE}:theirs",
}
"""Subscriptions with targets. Of functions there are none."""
LISTENER = queue_name(STACK, TENANT_WITH_TARGETS, "laptop")
"""The queue of somebody's listener, whose subscription is `laptop`."""
TARGET_ROLE = f"arn:aws:iam::{ACCOUNT}:role/theirs"


@dataclass
class Peer:
    """The world's subscribers: they answer by their host's first name; what they got. `company`: of the
    batch that is being sent, as the real sender has it."""

    statuses: Mapping[str, int] = field(default_factory=dict)
    got: list[OutboundRequest] = field(default_factory=list)
    company: Company | None = None

    def send(self, request: OutboundRequest) -> Outcome:
        if request.url.startswith("arn:"):
            return send_to_target(request, self.company)
        self.got.append(request)
        name = request.url.removeprefix("https://").partition(".")[0]
        status = self.statuses.get(name, 204)
        seen = Wire(request.headers, (), False, request.signed_by, "192.0.2.1", False, 1, 2, 3, 4)
        return Outcome(status, None, "", None, "", 12, seen if status >= 300 else None)


@dataclass
class Apis:
    """Providers' own, by their hosts' names: as the transport answers."""

    at: dict[str, Callable[[str, str, Mapping[str, str]], tuple[int, dict[str, str], bytes]]] = field(
        default_factory=dict
    )

    def exchange(self, request: OutboundRequest, max_body_bytes: int) -> WireAnswer:
        host, _, rest = request.url.removeprefix("https://").partition("/")
        headers = {name.lower(): value for name, value in request.headers}
        status, fields, body = self.at[host](request.method, f"/{rest}", headers)
        return WireAnswer(status, fields, body, is_cut=False, is_reusable=True)


@dataclass(frozen=True)
class Context:
    """Lambda's, of which milliseconds are the only time."""

    milliseconds: int = 50_000
    function_name: str = "f"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:::function:f"
    aws_request_id: str = "r"

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


@dataclass
class Deployment:
    """`function(name)` is one, in a new execution environment. `clients(service)` are ours, not theirs."""

    here: Rendered
    clients: Callable[[str], Any]
    asked: Asked = field(default_factory=Asked)
    peer: Peer = field(default_factory=Peer)
    apis: Apis = field(default_factory=Apis)

    @contextmanager
    def function(self, name: str) -> Iterator[Callable[..., Any]]:
        """Its handler: call it with an event, and milliseconds that are left."""
        role = target(written_resources()[f"{name.capitalize()}Function"]["Properties"]["Role"])
        with self._environment(self.variables(name), role):
            yield _handler(name)

    @contextmanager
    def functions(self, *names: str) -> Iterator[dict[str, Callable[..., Any]]]:
        """Some in one environment, whose caches they share: nobody is asked what they may."""
        with self._environment({k: v for name in names for k, v in self.variables(name).items()}, None):
            yield {name: _handler(name) for name in names}

    def variables(self, name: str) -> dict[str, Any]:
        properties = self.here.resources[f"{name.capitalize()}Function"]["Properties"]
        found: dict[str, Any] = properties["Environment"]["Variables"]
        return found

    @contextmanager
    def _environment(self, variables: Mapping[str, Any], role: str | None) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for variable, value in variables.items():
                patch.setenv(variable, str(value))
            patch.setattr(wiring, "_session", lambda: _Session(self, role))
            patch.setattr(wiring, "share", lambda client, config: None)
            for plain in ("PlainCalls", "PlainSends", "PlainWrites"):
                patch.setattr(together, plain, lambda client, *_: client)
            patch.setattr(targets, "PlainQueue", lambda client, *_: client)
            for module in (together, targets):
                patch.setattr(module, "context_of", lambda client: None)
            patch.setattr(company, "LINGER_SECONDS", 20.0)  # on a slow machine they share calls too
            patch.setattr(dispatching, "sender", lambda: self.peer)
            patch.setattr(backfilling, "transport", lambda: self.apis)
            patch.setattr(backfilling, "pause", lambda seconds: None)
            _forget()
            yield
        _forget()


@contextmanager
def deployment(peers: Mapping[str, int]) -> Iterator[Deployment]:
    """All tables, queues and buckets of the template, empty; `peers` is what subscribers answer."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        make: Any = boto3.Session(region_name=REGION).client
        arns = {f"{arn}*" if arn.endswith("/") else arn for name, arn in TARGETS.items() if name != "by-role"}
        targets = {
            "TargetArns": ",".join(sorted(arns)),
            "TargetTenants": TENANT_WITH_TARGETS,
            "TargetRoleArns": TARGET_ROLE,
        }
        client, here = cache(make), rendered(RoutingIndex="true", PurgeJobs="true", **targets)
        for table in here.of_type("AWS::DynamoDB::Table"):
            create_table(client("dynamodb"), table)
        for queue in here.of_type("AWS::SQS::Queue"):
            client("sqs").create_queue(QueueName=queue)
        for bucket in here.of_type("AWS::S3::Bucket"):
            place = {"LocationConstraint": REGION}
            client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
        yield Deployment(here, client, peer=Peer(peers))


@dataclass(frozen=True)
class _Session:
    deployment: Deployment
    role: str | None

    def client(self, service: str, config: object, region_name: str | None, **more: str) -> Any:
        """With credentials of its own (`more`) it is in the hands of a role of somebody else."""
        assert region_name in (None, REGION)
        client, deployment = self.deployment.clients(service), self.deployment
        if more:
            return client
        client = Atomic(client) if service == "dynamodb" else client
        if self.role is None:
            return client
        return Guarded(deployment.here, self.role, service, client, deployment.asked)

    def get_credentials(self) -> object:
        return object()


def _handler(name: str) -> Callable[..., Any]:
    path = ROOT / "functions" / name / "app.py"
    spec = importlib.util.spec_from_file_location(f"app_of_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return lambda event, milliseconds=50_000: module.handler(event, Context(milliseconds))


def _forget() -> None:
    """What an execution environment keeps is not kept for the next; its logger writes where it began to."""
    logging.Logger.manager.loggerDict.pop(STACK, None)
    for name, module in list(sys.modules.items()):
        if name.startswith("doorbell.runtime"):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()
