"""The OpenAPI document of the admin API: served, committed, and kept to."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings, strategies
from hypothesis.errors import Unsatisfiable
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core.result import Ok

from doorbell.domain.deliveries import State
from doorbell.domain.jobs import Job
from doorbell.domain.replays import ReplayJob, Selection
from doorbell.runtime.admin import openapi
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.events.events import EventTable
from doorbell.store.events.job_items import job_values
from tests.integration.admin_desk import Desk, close_desk, open_desk
from tests.integration.admin_wsgi import wsgi
from tests.integration.conftest import Aws
from tests.support.builders import TENANT, a_delivery, a_stored_event

COMMITTED = Path(__file__).parents[2] / "openapi" / "admin.json"
CASES = 6
"""For each operation and kind of data, sound and unsound."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


DOORS = ("/events", "/in/{source_id}")
"""Of other functions."""
UNLIKELY = {
    "GET /admin/tenants/{tenant_id}/subscriptions/{subscription_id}/public-keys",
    "POST /admin/sources/{source_id}/refused/{refused_id}/accept",
}
"""What no generated request makes go well."""
OURS = {
    "source_id": "gh",
    "tenant_id": TENANT,
    "subscription_id": "sub_1",
    "event_id": "evt_1",
    "event_type": "invoice.paid",
    "refused_id": "0000",
    "job_id": "00000000",
}
JOB = {"kind": "replay", "subscription_id": "sub_1", "since": "2020-01-01T00:00:00Z"}
SOUND: dict[str, dict[str, Any]] = {
    "Sources": {"source_id": "gh", "provider": "github", "secrets": ["ssm:/doorbell/gh"]},
    "Subscriptions": {
        "tenant_id": TENANT,
        "subscription_id": "sub_1",
        "url": "https://example.com/",
        "signing": "none",
    },
    "EventTypes": {"tenant_id": TENANT, "event_type": "invoice.paid", "json_schema": "{}"},
    "Refused": {
        "source_id": "gh",
        "sk": "kept#000",
        **{"refused_id": "0000", "tenant_id": TENANT, "provider": "github", "code": "signature_mismatch"},
        **{"at": 1, "status": 401, "method": "POST", "url": "https://h/in/gh", "path": "/in/gh"},
        **{"headers": {}, "size": 2, "body": b"{}"},
    },
    "Rollups": {"holder": "source#default/gh", "at": int(time.time()) // 300 * 300, "accepted": 1},
}
"""What is there to be found, changed and deleted."""


@pytest.fixture
def desk(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    yield open_desk(aws, monkeypatch)
    close_desk()


def test_the_committed_document_is_the_served_one(desk: Desk) -> None:
    served = desk.call("GET", openapi.PATH)
    assert served.status == 200
    assert served.json == json.loads(COMMITTED.read_text()), (
        "the API has changed: write openapi/admin.json anew with `python -m tests.integration.write_openapi`"
    )


def test_the_document_is_openapi_3_1_in_which_every_operation_has_a_name_a_sound_answer_and_a_problem(
    desk: Desk,
) -> None:
    document = desk.call("GET", openapi.PATH).json
    assert document["paths"].keys() >= {"/events", "/in/{source_id}"}
    operations = [op for path in document["paths"].values() for op in path.values()]
    assert document["openapi"].startswith("3.1")
    assert len({op["operationId"] for op in operations}) == len(operations) >= 24
    for operation in operations:
        assert any(status.startswith("2") for status in operation["responses"]), operation["operationId"]
        assert "application/problem+json" in operation["responses"]["422"]["content"]
    for reference in _references(document):
        assert _found(document, reference), reference


def test_every_operation_has_examples_that_fit_its_schema(desk: Desk) -> None:
    document = desk.call("GET", openapi.PATH).json
    for path in document["paths"].values():
        for operation in path.values():
            found = [*_examples(operation)]
            assert found, operation["operationId"]
            for schema, example in found:
                whole = {**schema, "components": document["components"]}
                Draft202012Validator(whole).validate(example)
            for response in (operation.get("requestBody", {}), *operation["responses"].values()):
                well = response.get("content", {}).get("application/json")
                assert well is None or "example" in well, operation["operationId"]


def test_what_the_examples_write_is_written_and_is_answered_as_they_say(desk: Desk) -> None:
    document = desk.call("GET", openapi.PATH).json
    for template, path in document["paths"].items():
        if "put" in path:
            named = {one["name"]: one["example"] for one in path["put"]["parameters"]}
            body = path["put"]["requestBody"]["content"]["application/json"]["example"]
            said = path["put"]["responses"]["200"]["content"]["application/json"]["example"]
            answer = desk.call("PUT", template.format(**named), body).json
            for moment in ("created_at", "updated_at"):
                (answer.get("item") or {}).pop(moment, None)
            assert answer == said


def test_the_api_s_requests_are_signed_as_aws_gateways_describe_it_and_a_ring_is_not(desk: Desk) -> None:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authtype.html"""
    document = desk.call("GET", openapi.PATH).json
    (name, scheme), *others = document["components"]["securitySchemes"].items()
    assert (scheme["type"], scheme["in"], scheme["name"], others) == ("apiKey", "header", "Authorization", [])
    assert scheme["x-amazon-apigateway-authtype"] == "awsSigv4"
    assert document["security"] == [{name: []}]
    own = {path for path, ops in document["paths"].items() for op in ops.values() if "security" in op}
    assert own == {"/in/{source_id}"}


def _examples(operation: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Any]]:
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
    media = [one for body in bodies for one in body.get("content", {}).values()]
    for each in (*operation["parameters"], *media):
        if "example" in each:
            yield each["schema"], each["example"]


def test_no_operation_fails_or_leaves_its_description_whatever_it_is_asked(desk: Desk) -> None:
    schema = schemathesis.openapi.from_wsgi(openapi.PATH, wsgi(desk))
    asked: dict[str, set[int]] = {}

    def ask(operation: Any, mode: GenerationMode) -> None:
        @settings(
            max_examples=CASES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), of_ours=strategies.integers(0, 3))
        def one(case: Any, of_ours: int) -> None:
            if of_ours:
                seed(desk)
                aim(case, keep=of_ours - 1)
            response = case.call_and_validate(checks=CHECKS)
            asked.setdefault(operation.label, set()).add(response.status_code)

        with suppress(Unsatisfiable):  # nothing of an operation without parameters can be unsound
            one()

    for result in schema.exclude(path=[*DOORS]).get_all_operations():
        assert isinstance(result, Ok)
        for mode in GenerationMode:
            ask(result.ok(), mode)
    document = json.loads(COMMITTED.read_text())
    assert len(asked) == sum(len(ops) for path, ops in document["paths"].items() if path not in DOORS)
    assert {label for label, statuses in asked.items() if not statuses & {200, 202, 204}} <= UNLIKELY


def seed(desk: Desk) -> None:
    """Whatever an earlier request has deleted is there again."""
    dynamodb = desk.aws.dynamodb
    for table, item in SOUND.items():
        dynamodb.put_item(TableName=f"{table}Table", Item=marshal(item))
    now = time.time()
    event = a_stored_event(created_at=now - 60, expires_at=int(now) + 3600)
    EventTable(dynamodb, "EventsTable").put_new(event)
    work = ReplayJob(OURS["job_id"], Selection(TENANT, "sub_1", now - 60, now), 1.0, now)
    dynamodb.put_item(TableName="EventsTable", Item=marshal(job_values(Job(work, "ana", now, now))))
    ended = a_delivery(state=State.EXHAUSTED, due_at=None, ended_at=now - 30, reason="schedule")
    desk.put_ended(replace(ended, expires_at=event.expires_at))


def aim(case: Any, keep: int) -> None:
    """Make it a request of something that is there; what it would write is sound but for the last `keep`
    fields of what was generated."""
    for name in case.path_parameters or {}:
        case.path_parameters[name] = OURS[name]
    if case.operation.path.endswith("/find"):
        case.query = {**(case.query or {}), "id": OURS["subscription_id"]}
    sound = next(
        (item for item in SOUND.values() if item.keys() >= (case.path_parameters or {}).keys()), None
    )
    if case.method == "PUT" and isinstance(case.body, dict) and "json_schema" not in (sound or {}):
        kept = dict(list(case.body.items())[-keep:] if keep else [])
        case.body = {**(sound or {}), **kept, **case.path_parameters}
    if case.method == "POST" and case.operation.path.endswith("/jobs") and isinstance(case.body, dict):
        case.body = {**JOB, **dict(list(case.body.items())[-keep:] if keep else [])}


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "$ref":
                yield value
            else:
                yield from _references(value)
    elif isinstance(node, list):
        for entry in node:
            yield from _references(entry)


def _found(document: dict[str, Any], reference: str) -> bool:
    node: Any = document
    for step in reference.removeprefix("#/").split("/"):
        node = node.get(step)
        if node is None:
            return False
    return True
