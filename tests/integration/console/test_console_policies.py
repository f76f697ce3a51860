"""The policies that the template makes for whoever uses the console: enough for every call of it, no more."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from starlette.testclient import TestClient

from doorbell.domain.events import BodyAt
from doorbell.domain.replays import Selection
from doorbell.store.bodies import BodyBucket
from doorbell_cli.console.app import FORMS, PAGES, application
from doorbell_cli.console.door import Door
from doorbell_cli.console.forms import FORM_TOKEN
from doorbell_cli.console.starting import desk_of
from doorbell_cli.ops.jobs import job_desk
from doorbell_cli.secret_text import generate
from doorbell_cli.target import Target
from tests.integration.as_deployed import deployment
from tests.integration.console.conftest import ORIGIN, PORT
from tests.integration.console.test_console_types import put as put_type
from tests.integration.guarded import Need, needs, statement_need
from tests.integration.ops.deployed import Doorbell
from tests.integration.ops.test_ops_refused import keep, secret
from tests.integration.ops.test_ops_status import parked, pending
from tests.template.permissions import matches, may, statements_of
from tests.template.reading import as_list
from tests.template.rendering import REGION, Rendered

READER, OPERATOR = ("ConsoleReaderPolicy",), ("ConsoleReaderPolicy", "ConsoleOperatorPolicy")
NEEDS_NONE = {"sts"}
BY_THE_TOOL = {"cloudformation:DescribeStacks"}
"""Before there is a console: `find_target`."""
LISTED = {"s3:ListBucket"}
"""No call: what GetObject says of a body that is gone depends on it."""
ELSEWHERE = {"secretsmanager:GetSecretValue", "kms:Decrypt", "s3:PutObject"} | {
    "secretsmanager:CreateSecret", "kms:Encrypt",
}  # fmt: skip
"""What the forms of `test_roles_as_deployed` reach: secrets that are elsewhere, bodies that are long; the
last two keep a new secret beside such a one (`test_a_new_secret_is_kept_where_the_present_one_is`)."""


@dataclass
class Person:
    """A browser of somebody who has some of the policies. `used`, `denied`: what its calls needed."""

    here: Rendered
    policies: tuple[str, ...]
    doorbell: Doorbell
    used: set[Need] = field(default_factory=set)
    denied: set[Need] = field(default_factory=set)

    def __post_init__(self) -> None:
        mine = replace(self.doorbell.target, session=self, _clients={})
        self.door = Door(PORT)
        app = application(desk_of(mine, self.door, False))
        self._browser = TestClient(app, base_url=ORIGIN, follow_redirects=False)
        assert self._browser.get(self.door.first_url).status_code == 303

    def client(
        self, service_name: Any, region_name: str | None = None, *, endpoint_url: str | None = None
    ) -> Any:
        make: Any = boto3.Session(region_name=region_name or REGION).client
        made = make(service_name)
        made.meta.events.register("provide-client-params", lambda **call: self._judge(service_name, **call))
        return made

    def get(self, path: str) -> int:
        return self._browser.get(path).status_code

    def send(self, path: str, **fields: str) -> int:
        data = {FORM_TOKEN: self.door.form_token, **fields}
        headers = {"origin": "null", "sec-fetch-site": "same-origin"}
        return self._browser.post(path, data=data, headers=headers).status_code

    def _judge(self, service: str, params: Mapping[str, Any], model: Any, **_: object) -> None:
        for need in needed(service, xform_name(model.name), params):
            self.used.add(need)
            allowed = [
                may(self.here, one, *need, aws_ResourceTag_doorbell="secrets") for one in self.policies
            ]
            if not any(allowed):
                self.denied.add(need)
                raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, model.name)


def needed(service: str, operation: str, params: Mapping[str, Any]) -> Iterator[Need]:
    if service in NEEDS_NONE:
        return
    if operation == "batch_execute_statement":
        yield from (statement_need(one["Statement"]) for one in params["Statements"])
        return
    yield from needs(service, operation, params)


@dataclass
class Stand:
    """A deployed Doorbell in which every page has something to show."""

    here: Rendered
    doorbell: Doorbell

    def __post_init__(self) -> None:
        made = self.doorbell
        secret("theirs")
        signing = {"Name": "/doorbell/billing", "Value": generate("standard")[0], "Type": "SecureString"}
        made.target.client("ssm").put_parameter(**signing)
        made.subscribe("billing", signing="standard", secrets=["ssm:/doorbell/billing"])
        made.subscribe("books")
        self.refused_id = keep(made)
        chosen = Selection("acme", "billing", 0.0, 1.0, ("exhausted",))
        self.job_id = job_desk(made.target).replay(chosen, 5.0, "arn:aws:iam::1:user/ann").key.job_id
        self.event_id = made.event(1, event_type="push", body=BodyAt(2, key="events/long"))
        made.event(2, state="exhausted")
        pending(made, 3, failures=1)
        parked(made, 600, wake_at=time.time() + 600, wake_shard="0")
        put_type(made, "push")
        made.target.client("s3").put_object(Bucket="BodiesBucket", Key="events/long", Body=b"{}")

    def person(self, policies: tuple[str, ...]) -> Person:
        return Person(self.here, policies, self.doorbell)

    def filled(self, path: str) -> str:
        kind = "subscription" if path.startswith("/counts") else ""
        name = "github" if path.startswith("/sources") else "push" if path.startswith("/types") else "billing"
        return path.format(
            kind=kind, tenant="acme", name=name, event_id=self.event_id, provider="github",
            job_id=self.job_id, refused_id=self.refused_id,
        )  # fmt: skip


QUERIES = {
    "/parts/totals": "?tenant=acme",
    "/events": "?tenant=acme&text=x&state=delivered",
    "/events/{event_id}": "?body=1&why=books",
    "/subscriptions/{tenant}/{name}/change": "?try=1&filter=body.x",
    "/subscriptions/{tenant}/{name}/replay": "?since=7d",
}
"""What a page must be asked so that it makes all its calls."""
EMPTY = {"/jobs/{job_id}": 404}
FIELDS: Mapping[str, Mapping[str, str]] = {
    "/events/{event_id}/replay": {"subscription_id": "books"},
    "/events/{event_id}/replay-all": {"plan": "billing/1 books/1"},
    "/subscriptions/{tenant}/{name}/switch": {"to": "enable"},
    "/subscriptions/{tenant}/{name}/change": {"filter": "body.x"},
    "/subscriptions/{tenant}/{name}/replay": {"job": "a" * 12, "since": "7d"},
    "/new/subscription": {"tenant": "acme", "subscription_id": "made", "url": "https://example.com/hook"},
    "/new/source/{provider}": {"tenant": "acme", "source_id": "made", "secret0": "the-provider-s-own"},
    "/sources/{name}/switch": {"to": "disable"},
    "/subscriptions/{tenant}/{name}/rotate": {"to": "begin"},
    "/sources/{name}/rotate": {"to": "begin", "secret": "the-provider-s-own"},
}
ORDER = tuple(sorted(FORMS, key=lambda path: ("/test" in path, path)))
"""A test event goes to one whose endpoint has a clean record by then."""


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    with deployment({}) as deployed:
        outputs = {name: str(value) for name, value in deployed.here.outputs.items()}
        for name in outputs:
            if name.endswith("QueueUrl"):
                queue = name.removesuffix("Url")
                outputs[name] = deployed.clients("sqs").get_queue_url(QueueName=queue)["QueueUrl"]
        session = boto3.Session(region_name=REGION)
        target = Target("doorbell", False, outputs, {"GraceSeconds": "900"}, "https://api", session)
        monkeypatch.setattr("tests.integration.ops.test_ops_refused.BodyBucket", _bucket)
        monkeypatch.setattr("doorbell_cli.console.pages.testing.WAIT_SECONDS", 0)
        yield Stand(deployed.here, Doorbell(target))


def _bucket(client: Callable[[], Any], _: str) -> BodyBucket:
    return BodyBucket(client, "BodiesBucket")


def test_a_reader_sees_every_page_and_no_secret(stand: Stand) -> None:
    reader = stand.person(READER)
    told = {path: reader.get(stand.filled(path) + QUERIES.get(path, "")) for path in PAGES}
    assert {action for action, _ in reader.denied} == {"ssm:GetParameter"}
    assert {path: told[path] for path in told if told[path] not in (200, EMPTY.get(path))} == {}


def test_a_reader_changes_nothing(stand: Stand) -> None:
    reader, client = stand.person(READER), stand.doorbell.target.client("dynamodb")
    tables = sorted(stand.here.of_type("AWS::DynamoDB::Table"))
    before = {name: client.scan(TableName=name)["Items"] for name in tables}
    for path in ORDER:
        assert reader.send(stand.filled(path), **FIELDS.get(path, {})) >= 400, path
    assert {name: client.scan(TableName=name)["Items"] for name in tables} == before
    writes = [one for policy in READER for one in statements_of(stand.here, policy)]
    verbs = {action.partition(":")[2] for one in writes for action in as_list(one["Action"])}
    assert {
        verb for verb in verbs if not verb.startswith(("Get", "BatchGet", "Query", "Scan", "List", "De"))
    } == set()


def test_an_operator_may_do_what_every_form_does_and_has_no_permission_that_nothing_uses(
    stand: Stand,
) -> None:
    operator = stand.person(OPERATOR)
    pages = {path: operator.get(stand.filled(path) + QUERIES.get(path, "")) for path in PAGES}
    assert operator.denied == set()
    assert {path: pages[path] for path in pages if pages[path] not in (200, EMPTY.get(path))} == {}
    sent = {path: operator.send(stand.filled(path), **FIELDS.get(path, {})) for path in ORDER}
    sent["as a job"] = operator.send("/subscriptions/acme/billing/test", how="job")
    assert operator.denied == set()
    assert {path: status for path, status in sent.items() if status >= 400} == {}
    for policy in OPERATOR:
        for statement in statements_of(stand.here, policy):
            for action in as_list(statement["Action"]):
                if action not in BY_THE_TOOL | LISTED | ELSEWHERE:
                    for resource in as_list(statement["Resource"]):
                        assert any(
                            matches(action, done) and matches(resource, to) for done, to in operator.used
                        ), (statement["Sid"], action, resource)
