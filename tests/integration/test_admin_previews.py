"""The admin API's previews: asked for, worked off as their function does, told; nonsense refused."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from doorbell.domain.events import BodyAt
from doorbell.runtime import working_off
from doorbell.runtime.admin import openapi
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.events.event_items import event_values
from tests.integration.admin_desk import OPERATOR, Desk, close_desk, open_desk
from tests.integration.conftest import Aws
from tests.support.builders import a_stored_event, an_incoming

JOBS = "/admin/tenants/acme/jobs"
WANTED = {"kind": "preview", "subscription_id": "sub", "since": "2020-01-01T00:00:00Z"}


@pytest.fixture
def desk(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    found = open_desk(aws, monkeypatch)
    item = {"tenant_id": "acme", "subscription_id": "sub", "url": "https://example.com", "signing": "none"}
    found.put_raw("Subscriptions", marshal({**item, "event_types": ["invoice.*"]}))
    yield found
    close_desk()


def record(desk: Desk, number: int, event_type: str, body: bytes, tenant: str = "acme") -> str:
    event_id = f"evt_{tenant}_{number}"
    incoming = an_incoming(
        event_id=event_id, tenant_id=tenant, event_type=event_type, body=BodyAt(len(body), inline=body)
    )
    at = time.time() - 60 + number
    event = replace(a_stored_event(incoming), created_at=at, expires_at=int(time.time()) + 86_400)
    desk.put_raw("Events", marshal(event_values(event)))
    return event_id


def work_off() -> int:
    return working_off.work_off()(stop_at=time.time() + 60)


def previewed(desk: Desk, **rule: Any) -> dict[str, Any]:
    asked = desk.call("POST", JOBS, {**WANTED, **rule})
    assert asked.status == 202, asked.body
    assert work_off() == 1
    done: dict[str, Any] = desk.call("GET", f"{JOBS}/{asked.json['job_id']}").json
    assert (done["state"], done["problem"]) == ("done", "")
    return done


def test_a_changed_filter_is_tried_on_what_is_on_record_and_nothing_else_is_written(desk: Desk) -> None:
    large = record(desk, 1, "invoice.paid", b'{"total": 200}')
    record(desk, 2, "invoice.paid", b'{"total": 20}')
    record(desk, 3, "user.made", b'{"total": 200}')
    record(desk, 4, "invoice.paid", b'{"total": 200}', tenant="other")
    before = desk.aws.dynamodb.scan(TableName="EventsTable")["Count"]
    asked = desk.call("POST", JOBS, {**WANTED, "filter": "body.total > `100`"})
    assert (asked.status, asked.json["state"], asked.json["kind"]) == (202, "queued", "preview")
    assert (asked.json["by"], asked.json["preview"]["looked_at"]) == (OPERATOR, 0)
    assert work_off() == 1
    done = desk.call("GET", f"{JOBS}/{asked.json['job_id']}").json
    told = done["preview"]
    assert (done["state"], told["looked_at"], told["would_match"], told["failed"]) == ("done", 3, 1, 0)
    assert [(one["event_id"], one["event_type"]) for one in told["examples"]] == [(large, "invoice.paid")]
    assert (told["event_types"], told["filter"]) == (["invoice.*"], "body.total > `100`")
    assert desk.aws.dynamodb.scan(TableName="EventsTable")["Count"] == before + 1, "the job"
    assert "Messages" not in desk.aws.sqs.receive_message(QueueUrl=desk.aws.queue("EventsQueue"))
    assert desk.call("GET", JOBS).json["jobs"] == [done]


def test_what_is_given_is_tried_and_what_is_not_is_as_it_stands(desk: Desk) -> None:
    record(desk, 1, "invoice.paid", b"{}")
    record(desk, 2, "Push Hook", b"{}")
    assert previewed(desk)["preview"]["would_match"] == 1
    assert previewed(desk, event_types=None)["preview"]["would_match"] == 2
    assert previewed(desk, event_types=["Push Hook"])["preview"]["event_types"] == ["Push_Hook"]
    assert previewed(desk, sources=["nosuch"])["preview"]["would_match"] == 0
    new = previewed(desk, subscription_id="new")["preview"]
    assert (new["looked_at"], new["would_match"]) == (2, 2)


def test_where_the_expressions_fail_is_told_of_the_first(desk: Desk) -> None:
    event_id = record(desk, 1, "invoice.paid", b'{"total": "many"}')
    failed = previewed(desk, filter="abs(body.total) > `1`")["preview"]
    assert (failed["would_match"], failed["failed"]) == (0, 1)
    assert [(one["event_id"], one["expression"]) for one in failed["errors"]] == [(event_id, "filter")]
    failed = previewed(desk, transform="body.nothing")["preview"]
    assert (failed["would_match"], failed["failed"]) == (1, 1)
    assert failed["errors"][0]["expression"] == "transform"
    assert "null" in failed["errors"][0]["problem"]


def test_a_cancelled_preview_looks_at_nothing(desk: Desk) -> None:
    record(desk, 1, "invoice.paid", b"{}")
    one = f"{JOBS}/{desk.call('POST', JOBS, WANTED).json['job_id']}"
    assert desk.call("POST", f"{one}/cancel").json["state"] == "cancelled"
    assert work_off() == 0
    assert desk.call("GET", one).json["preview"]["looked_at"] == 0


def test_a_subscription_that_is_off_is_tried_as_if_it_were_on(desk: Desk) -> None:
    record(desk, 1, "invoice.paid", b"{}")
    desk.call("POST", "/admin/tenants/acme/subscriptions/sub/disable")
    assert previewed(desk)["preview"]["would_match"] == 1


def test_a_job_of_each_kind_is_shown_in_the_document_and_can_be_asked_for_as_it_stands(desk: Desk) -> None:
    schemas = desk.call("GET", openapi.PATH).json["components"]["schemas"]
    item = {"tenant_id": "acme", "url": "https://example.com", "signing": "none"}
    shown = schemas["JobWanted"]["examples"]
    for one in shown:
        if one["kind"] == "purge":
            assert desk.call("POST", JOBS, one).json["code"] == "purge_jobs_off"
            continue
        desk.put_raw("Subscriptions", marshal({**item, "subscription_id": one["subscription_id"]}))
        assert desk.call("POST", JOBS, one).json["kind"] == one["kind"]
    assert [one["kind"] for one in shown] == schemas["JobWanted"]["properties"]["kind"]["enum"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"filter": "body.["}, "filter"),
        ({"transform": "nosuch(@)"}, "transform"),
        ({"filter": 7}, "filter"),
        ({"event_types": "invoice.*"}, "event_types"),
        ({"event_types": [""]}, "event_types.0"),
        ({"sources": ["a b"]}, "sources.0"),
        ({"states": ["exhausted"]}, "states"),
        ({"would_match": True}, "would_match"),
        ({"per_second": 10}, "per_second"),
        ({"since": "2999-01-01T00:00:00Z"}, "since"),
        ({"subscription_id": "a b"}, "subscription_id"),
        ({"kind": "replay", "filter": "body"}, "filter"),
        ({"kind": "replay", "event_types": []}, "event_types"),
    ],
)
def test_what_is_wrong_with_a_preview_is_named_and_nothing_is_made(
    desk: Desk, change: dict[str, Any], field: str
) -> None:
    refused = desk.call("POST", JOBS, {**WANTED, **change})
    assert (refused.status, refused.json["field"]) == (422, field), refused.body
    assert refused.json["detail"]
    assert desk.call("GET", JOBS).json["jobs"] == []
