"""Purges over the admin API: only where they are on, counted first, confirmed, one at a time, on record."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from doorbell.domain.own_events import TENANT
from doorbell.runtime import purging, wiring, working_off
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.events.event_items import tenant_day
from doorbell.store.events.operations import OperationTable
from tests.integration.admin_desk import OPERATOR, Desk, close_desk, open_desk
from tests.integration.conftest import Aws

JOBS = "/admin/tenants/acme/jobs"
COUNT = {"kind": "purge", "confirm": "acme"}
RUN = {**COUNT, "run": True}


@pytest.fixture
def off(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Two tenants, each with a subscription and an event."""
    found = open_desk(aws, monkeypatch)
    monkeypatch.setattr(purging, "KEPT_DAYS", 2)
    for tenant in ("acme", "other"):
        name = {"tenant_id": tenant, "subscription_id": "sub"}
        found.put_raw("Subscriptions", marshal({**name, "url": "https://example.com", "signing": "none"}))
        event_id, now = f"evt_{tenant}", time.time() - 60
        row = {"tenant_day": tenant_day(tenant, now, event_id), "created_at": now}
        found.put_raw("Events", marshal({"event_id": event_id, "sk": "event", "tenant_id": tenant, **row}))
    yield found
    close_desk()
    purging._pool.cache_clear()


@pytest.fixture
def desk(off: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Where the parameter is on."""
    monkeypatch.setenv("PURGE_JOBS", "true")
    wiring.settings.cache_clear()
    return off


def everything(desk: Desk) -> list[Any]:
    scan = desk.aws.dynamodb.scan
    return [scan(TableName=f"{name}Table")["Items"] for name in ("Events", "Subscriptions", "Endpoints")]


def events(desk: Desk) -> set[str]:
    found = desk.aws.dynamodb.scan(TableName="EventsTable")["Items"]
    return {one["event_id"]["S"] for one in found if one["sk"]["S"] == "event"}


def work_off() -> int:
    return working_off.work_off()(stop_at=time.time() + 60)


def test_where_purges_as_jobs_are_off_one_is_refused_says_what_to_do_and_nothing_is_written(
    off: Desk,
) -> None:
    before = everything(off)
    refused = off.call("POST", JOBS, RUN)
    assert (refused.status, refused.json["code"]) == (409, "purge_jobs_off")
    assert "PurgeJobs" in refused.json["detail"]
    assert "doorbell purge --tenant" in refused.json["detail"]
    assert everything(off) == before


def test_a_purge_that_was_asked_for_before_they_were_switched_off_removes_nothing_and_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = f"{JOBS}/{desk.call('POST', JOBS, RUN).json['job_id']}"
    monkeypatch.setenv("PURGE_JOBS", "false")
    wiring.settings.cache_clear()
    work_off()
    failed = desk.call("GET", one).json
    assert failed["state"] == "failed"
    assert "PurgeJobs" in failed["problem"]
    assert events(desk) == {"evt_acme", "evt_other"}


def test_a_purge_counts_first_and_removes_nothing_unless_it_is_told_to_run(desk: Desk) -> None:
    asked = desk.call("POST", JOBS, COUNT)
    assert (asked.status, asked.json["state"], asked.json["by"]) == (202, "queued", OPERATOR)
    work_off()
    counted = desk.call("GET", f"{JOBS}/{asked.json['job_id']}").json
    assert (counted["state"], counted["problem"]) == ("done", "")
    purge = counted["purge"]
    assert (purge["found"]["subscriptions"], purge["found"]["events"], purge["run"]) == (1, 1, False)
    assert (purge["left"], purge["waiting"]) == (None, 0)
    assert purge["write_units"] > 2
    assert events(desk) == {"evt_acme", "evt_other"}
    found = OperationTable(desk.aws.dynamodb, "EventsTable").newest(TENANT, time.time())
    assert found == [], "nobody is on record for having looked"


def test_a_purge_removes_all_of_its_tenant_and_its_record_outlives_it(desk: Desk) -> None:
    asked = desk.call("POST", JOBS, RUN).json
    desk.aws.sqs.send_message(QueueUrl=desk.aws.queue("EventsQueue"), MessageBody="somebody's")
    work_off()
    assert events(desk) == {"evt_other"}
    left = desk.aws.dynamodb.scan(TableName="SubscriptionsTable")["Items"]
    assert [item["tenant_id"]["S"] for item in left] == ["other"]
    done = desk.call("GET", f"{JOBS}/{asked['job_id']}").json
    assert (done["state"], done["purge"]["found"]["events"], done["purge"]["waiting"]) == ("done", 1, 1)
    assert set(done["purge"]["left"].values()) == {0}
    assert [job["job_id"] for job in desk.call("GET", JOBS).json["jobs"]] == [asked["job_id"]]
    (record,) = OperationTable(desk.aws.dynamodb, "EventsTable").newest(TENANT, time.time())
    told = record.by, record.what, record.on, record.detail
    assert told == (OPERATOR, "purge", "tenant acme", f"job {asked['job_id']}")


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"kind": "purge"}, "confirm"),
        ({**RUN, "confirm": "Acme"}, "confirm"),
        ({**RUN, "confirm": "other"}, "confirm"),
        ({**RUN, "run": "yes"}, "run"),
        ({**RUN, "subscription_id": "sub"}, "subscription_id"),
        ({**RUN, "since": "2020-01-01T00:00:00Z"}, "since"),
        ({"kind": "replay", "since": "2020-01-01T00:00:00Z"}, "subscription_id"),
        ({"kind": "test"}, "subscription_id"),
        ({"kind": "test", "subscription_id": "sub", "run": True}, "run"),
    ],
)
def test_a_purge_that_is_not_meant_so_is_refused_by_its_field_and_changes_nothing(
    desk: Desk, wanted: dict[str, Any], field: str
) -> None:
    before = everything(desk)
    refused = desk.call("POST", JOBS, wanted)
    assert (refused.status, refused.json["field"]) == (422, field), refused.body
    assert everything(desk) == before


@pytest.mark.parametrize(
    ("confirmed", "said"), [({}, "is missing"), ({"confirm": "other"}, "is another tenant's")]
)
def test_a_purge_that_is_not_confirmed_says_what_is_wrong_with_it_and_what_to_repeat(
    desk: Desk, confirmed: dict[str, str], said: str
) -> None:
    refused = desk.call("POST", JOBS, {"kind": "purge", **confirmed})
    assert f'{said}; repeat the tenant whose data it is about: "acme"' in refused.json["detail"]


@pytest.mark.parametrize(
    ("tenant", "status", "code"),
    [("nobody", 404, "unknown_tenant"), (TENANT, 409, "tenant_reserved")],
)
def test_a_tenant_that_is_unknown_or_doorbell_s_own_is_not_purged(
    desk: Desk, tenant: str, status: int, code: str
) -> None:
    before = everything(desk)
    refused = desk.call("POST", f"/admin/tenants/{tenant}/jobs", {**RUN, "confirm": tenant})
    assert (refused.status, refused.json["code"]) == (status, code)
    assert everything(desk) == before


def test_one_purge_of_a_tenant_is_under_way_and_the_next_is_refused_until_it_has_ended(desk: Desk) -> None:
    first = desk.call("POST", JOBS, COUNT).json["job_id"]
    refused = desk.call("POST", JOBS, RUN)
    assert (refused.status, refused.json["code"]) == (409, "purge_running")
    assert first in refused.json["detail"]
    other = desk.call("POST", "/admin/tenants/other/jobs", {**COUNT, "confirm": "other"})
    assert other.status == 202
    assert desk.call("POST", f"{JOBS}/{first}/cancel").json["state"] == "cancelled"
    assert desk.call("POST", JOBS, RUN).status == 202


def test_a_tenant_of_whom_nothing_is_configured_but_something_recorded_is_known(desk: Desk) -> None:
    desk.call("DELETE", "/admin/tenants/acme/subscriptions/sub")
    assert desk.call("POST", JOBS, COUNT).status == 202
