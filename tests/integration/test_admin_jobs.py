"""The admin API's jobs: asked for, worked off as their function does, listed, cancelled; nonsense refused."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from doorbell.domain.deliveries import DeliveryKey, State
from doorbell.domain.records import RoutingPage
from doorbell.domain.reserved import TEST_SOURCE
from doorbell.runtime import working_off
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.events.event_items import event_values
from tests.integration.admin_desk import OPERATOR, Desk, close_desk, open_desk
from tests.integration.conftest import Aws
from tests.support.builders import a_delivery, a_stored_event, an_incoming

JOBS = "/admin/tenants/acme/jobs"
SINCE = "2020-01-01T00:00:00Z"
WANTED = {"kind": "replay", "subscription_id": "sub", "since": SINCE}


@pytest.fixture
def desk(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    found = open_desk(aws, monkeypatch)
    for tenant in ("acme", "other"):
        item = {
            "tenant_id": tenant,
            "subscription_id": "sub",
            "url": "https://example.com",
            "signing": "none",
        }
        found.put_raw("Subscriptions", marshal(item))
    yield found
    close_desk()
    working_off._replays.cache_clear()


def missed(desk: Desk, count: int, tenant: str = "acme") -> list[str]:
    """Deliveries that ended a minute ago; their events' ids."""
    ids = [f"evt_{tenant}_{number}" for number in range(count)]
    for number, event_id in enumerate(ids):
        ended = a_delivery(
            key=DeliveryKey(event_id, "sub"), tenant_id=tenant, state=State.EXHAUSTED, due_at=None,
            ended_at=time.time() - 60 + number / 100, reason="schedule", expires_at=int(time.time()) + 86_400,
        )  # fmt: skip
        desk.put_ended(ended)
    return ids


def work_off() -> int:
    return working_off.work_off()(stop_at=time.time() + 60)


def replayed(desk: Desk) -> dict[str, Any]:
    found = desk.aws.dynamodb.scan(TableName="EventsTable")["Items"]
    return {one["event_id"]["S"]: one for one in found if one["sk"]["S"] == "delivery#sub#0001"}


def test_a_job_is_asked_for_done_in_the_background_and_leaves_its_record(desk: Desk) -> None:
    ids = missed(desk, 130)
    asked = desk.call("POST", JOBS, {**WANTED, "per_second": 50})
    assert (asked.status, asked.json["state"], asked.json["by"]) == (202, "queued", OPERATOR)
    assert replayed(desk) == {}
    one = f"{JOBS}/{asked.json['job_id']}"
    assert desk.call("GET", one).json == asked.json
    assert work_off() == 1
    done = desk.call("GET", one).json
    assert (done["state"], done["written"], done["left_out"], done["problem"]) == ("done", 130, {}, "")
    assert set(replayed(desk)) == set(ids)
    slots = sorted(float(item["due_at"]["N"]) for item in replayed(desk).values())
    assert slots[-1] - slots[0] == pytest.approx(129 / 50, abs=0.01)
    told = desk.aws.sqs.receive_message(QueueUrl=desk.aws.queue("EventsQueue")).get("Messages", [])
    assert ["replay.done" in message["Body"] for message in told] == [True]


def test_a_job_for_those_who_hear_of_the_others_makes_no_event_of_its_own(desk: Desk) -> None:
    """It would make the next delivery to them."""
    item = {"tenant_id": "doorbell", "subscription_id": "sub", "url": "https://example.com"}
    desk.put_raw("Subscriptions", marshal({**item, "signing": "none"}))
    missed(desk, 1, "doorbell")
    assert desk.call("POST", "/admin/tenants/doorbell/jobs", WANTED).status == 202
    assert work_off() == 1
    assert set(replayed(desk)) == {"evt_doorbell_0"}
    told = desk.aws.sqs.receive_message(QueueUrl=desk.aws.queue("EventsQueue"))
    assert "Messages" not in told


def test_a_second_job_for_the_same_makes_nothing_twice_and_says_so(desk: Desk) -> None:
    missed(desk, 3)
    for _ in range(2):
        desk.call("POST", JOBS, WANTED)
        work_off()
    newest, first = desk.call("GET", JOBS).json["jobs"]
    assert (first["written"], newest["written"]) == (3, 0)
    assert newest["left_out"] == {"replayed_already": 3}


def test_a_job_of_what_would_match_leaves_test_events_out(desk: Desk) -> None:
    """They were for one subscription, and are nobody's to miss."""
    for number, source_id in enumerate(("github", TEST_SOURCE, "billing")):
        event_id = f"evt_acme_{number}"
        event = a_stored_event(an_incoming(event_id=event_id, tenant_id="acme", source_id=source_id))
        at = time.time() - 60 + number
        event = replace(event, created_at=at, expires_at=int(at) + 86_400, routing=RoutingPage())
        desk.put_raw("Events", marshal(event_values(event)))
    asked = desk.call("POST", JOBS, {**WANTED, "would_match": True})
    assert work_off() == 1
    done = desk.call("GET", f"{JOBS}/{asked.json['job_id']}").json
    assert (done["state"], done["written"], done["left_out"]) == ("done", 2, {})
    found = desk.aws.dynamodb.scan(TableName="EventsTable")["Items"]
    assert {one["event_id"]["S"] for one in found if one["sk"]["S"].startswith("delivery#")} == {
        "evt_acme_0",
        "evt_acme_2",
    }


def test_a_cancelled_job_makes_nothing_and_is_cancelled_once(desk: Desk) -> None:
    missed(desk, 3)
    one = f"{JOBS}/{desk.call('POST', JOBS, WANTED).json['job_id']}"
    cancelled = desk.call("POST", f"{one}/cancel")
    assert (cancelled.status, cancelled.json["state"], cancelled.json["ended_by"]) == (
        200,
        "cancelled",
        OPERATOR,
    )
    assert desk.call("POST", f"{one}/cancel").json == cancelled.json
    assert (work_off(), replayed(desk)) == (0, {})
    other = f"{JOBS}/{desk.call('POST', JOBS, WANTED).json['job_id']}"
    work_off()
    refused = desk.call("POST", f"{other}/cancel")
    assert (refused.status, refused.json["code"]) == (409, "job_ended")


def test_a_subscription_that_is_switched_off_meanwhile_fails_the_job_which_says_so(desk: Desk) -> None:
    missed(desk, 1)
    one = f"{JOBS}/{desk.call('POST', JOBS, WANTED).json['job_id']}"
    desk.call("POST", "/admin/tenants/acme/subscriptions/sub/disable")
    work_off()
    failed = desk.call("GET", one).json
    assert (failed["state"], failed["problem"]) == ("failed", "sub is disabled; enable it first")
    assert replayed(desk) == {}


def test_two_tenants_of_the_same_names_have_their_own_jobs(desk: Desk) -> None:
    missed(desk, 2)
    missed(desk, 1, "other")
    job_id = desk.call("POST", JOBS, WANTED).json["job_id"]
    assert desk.call("GET", f"/admin/tenants/other/jobs/{job_id}").json["code"] == "unknown_job"
    assert desk.call("POST", f"/admin/tenants/other/jobs/{job_id}/cancel").status == 404
    assert desk.call("GET", "/admin/tenants/other/jobs").json["jobs"] == []
    work_off()
    assert set(replayed(desk)) == {"evt_acme_0", "evt_acme_1"}


def test_a_list_goes_on_with_its_cursor_and_takes_no_others(desk: Desk) -> None:
    ids = [desk.call("POST", JOBS, WANTED).json["job_id"] for _ in range(3)]
    page = desk.call("GET", JOBS, limit=2).json
    rest = desk.call("GET", JOBS, limit=2, cursor=page["next_cursor"]).json
    assert [job["job_id"] for job in page["jobs"] + rest["jobs"]] == ids[::-1]
    of_another = desk.call("GET", "/admin/tenants/other/jobs", cursor=page["next_cursor"])
    assert (of_another.status, of_another.json["code"]) == (422, "bad_cursor")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "shred"}, "kind"),
        ({"subscription_id": "a b"}, "subscription_id"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2020-01-02T00:00:00Z", "until": SINCE}, "since"),
        ({"until": SINCE}, "since"),
        ({"since": "2999-01-01T00:00:00Z"}, "since"),
        ({"until": 7.5e300}, "until"),
        ({"states": []}, "states"),
        ({"states": ["delivered"]}, "states.0"),
        ({"states": ["exhausted"], "would_match": True}, "states"),
        ({"would_match": "perhaps"}, "would_match"),
        ({"per_second": 0}, "per_second"),
        ({"per_second": 1e6}, "per_second"),
        ({"rate": 10}, "rate"),
    ],
)
def test_what_is_wrong_with_a_job_is_named_and_nothing_is_made(
    desk: Desk, change: dict[str, Any], field: str
) -> None:
    refused = desk.call("POST", JOBS, {**WANTED, **change})
    assert (refused.status, refused.json["field"]) == (422, field), refused.body
    assert refused.json["detail"]
    assert desk.call("GET", JOBS).json["jobs"] == []


def test_a_job_for_a_subscription_that_is_not_there_or_off_is_refused(desk: Desk) -> None:
    unknown = desk.call("POST", JOBS, {**WANTED, "subscription_id": "nosuch"})
    assert (unknown.status, unknown.json["code"]) == (404, "unknown_subscription")
    desk.call("POST", "/admin/tenants/acme/subscriptions/sub/disable")
    off = desk.call("POST", JOBS, WANTED)
    assert (off.status, off.json["code"]) == (409, "subscription_disabled")
    assert desk.call("POST", JOBS, {}).status == 422
    assert desk.call("GET", f"{JOBS}/0123456789abcdef").json["code"] == "unknown_job"
    assert desk.call("GET", JOBS).json["jobs"] == []
