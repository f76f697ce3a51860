"""What the admin API is sent and cannot be meant is refused, all of it; what it gave it takes back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.admin_desk import Desk, close_desk, open_desk
from tests.integration.conftest import Aws

SOURCE = {"provider": "github", "secrets": ["ssm:/doorbell/gh"]}
SUBSCRIPTION = {
    "url": "https://example.com/hook",
    "secrets": ["ssm:/doorbell/audit"],
    "retry": {"jitter": 0.5},
}
EVENT_TYPE = {"json_schema": {"type": "object"}, "description": "paid"}
AUDIT = "/admin/tenants/acme/subscriptions/audit"
ITEMS = [
    ("/admin/sources/gh", SOURCE),
    (AUDIT, SUBSCRIPTION),
    ("/admin/tenants/acme/event-types/invoice~1paid", EVENT_TYPE),
]


@pytest.fixture
def desk(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    yield open_desk(aws, monkeypatch)
    close_desk()


def told(desk: Desk, method: str, path: str, body: Any = None, **query: Any) -> list[tuple[str, str]]:
    """The problems of a refusal: the first is the one of `field` and `detail`."""
    refused = desk.call(method, path, body, **query)
    assert refused.status == 422, refused.body
    found = [(each["field"], each["problem"]) for each in refused.json["problems"]]
    assert found[0] == (refused.json["field"], refused.json["detail"])
    return found


@pytest.mark.parametrize(
    ("path", "name", "problem"),
    [
        ("/admin/sources", "tenant", "unknown query parameter; did you mean tenant_id?"),
        ("/admin/sources/gh", "verbose", "unknown query parameter"),
        ("/admin/tenants/acme/events", "form", "unknown query parameter"),
        ("/admin/tenants/acme/subscriptions", "limits", "unknown query parameter; did you mean limit?"),
        (f"{AUDIT}/undelivered", "stat", "unknown query parameter; did you mean state?"),
        ("/admin/openapi.json", "pretty", "unknown query parameter"),
    ],
)
def test_a_query_parameter_that_the_operation_does_not_have_is_refused_by_name(
    desk: Desk, path: str, name: str, problem: str
) -> None:
    assert told(desk, "GET", path, **{name: "x"}) == [(name, problem)]


def test_every_wrong_parameter_is_named_in_one_answer_and_nothing_is_done(desk: Desk) -> None:
    found = told(desk, "GET", "/admin/sources", limit=0, tenant_id="a b", colour="red")
    assert sorted(field for field, _ in found) == ["colour", "limit", "tenant_id"]
    desk.call("PUT", "/admin/sources/gh", SOURCE)
    assert told(desk, "DELETE", "/admin/sources/gh", force="yes") == [("force", "unknown query parameter")]
    assert desk.call("GET", "/admin/sources/gh").status == 200


def test_a_path_that_is_none_is_no_path_whatever_is_asked_of_it(desk: Desk) -> None:
    assert desk.call("GET", "/admin/nowhere", colour="red").status == 404


@pytest.mark.parametrize(("path", "body"), ITEMS)
def test_the_ids_come_from_the_path_and_what_get_answers_is_put_back_unchanged(
    desk: Desk, path: str, body: dict[str, Any]
) -> None:
    assert desk.call("PUT", path, body).status == 200
    shown = desk.call("GET", path).json
    again = desk.call("PUT", path, shown)
    assert again.status == 200, again.body
    assert timeless(again.json) == timeless(shown)


def timeless(shown: dict[str, Any]) -> dict[str, Any]:
    item = {name: value for name, value in (shown.get("item") or {}).items() if name != "updated_at"}
    return {**shown, "item": item}


def test_a_disabled_subscription_that_is_put_back_stays_so(desk: Desk) -> None:
    desk.call("PUT", AUDIT, SUBSCRIPTION)
    desk.call("POST", f"{AUDIT}/disable", {"reason": "moved"})
    shown = desk.call("GET", AUDIT).json
    again = desk.call("PUT", AUDIT, shown).json
    assert (again["enabled"], again["item"]["disabled_reason"]) == (False, "moved")


@pytest.mark.parametrize(
    ("path", "body", "ids"),
    [
        ("/admin/sources/gh", SOURCE, {"source_id": "gh"}),
        (AUDIT, SUBSCRIPTION, {"tenant_id": "acme", "subscription_id": "audit"}),
        (ITEMS[2][0], EVENT_TYPE, {"tenant_id": "acme", "event_type": "invoice/paid"}),
    ],
)
def test_a_body_may_repeat_the_ids_of_its_path_and_no_others(
    desk: Desk, path: str, body: dict[str, Any], ids: dict[str, str]
) -> None:
    assert desk.call("PUT", path, {**body, **ids}).status == 200
    others = told(desk, "PUT", path, {**body, **dict.fromkeys(ids, "other")})
    assert others == [(name, "must be the one in the path, or left out") for name in ids]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"key": {"tenant_id": "acme", "subscription_id": "other"}}, "key"),
        ({"enabled": False}, "enabled"),
        ({"problems": [{"field": "url", "problem": "x"}]}, "problems"),
        ({"item": None}, "item"),
        ({"item": {**SUBSCRIPTION, "subscription_id": "other"}}, "subscription_id"),
    ],
)
def test_an_answer_that_was_changed_around_its_item_is_refused_and_nothing_is_written(
    desk: Desk, change: dict[str, Any], field: str
) -> None:
    desk.call("PUT", AUDIT, SUBSCRIPTION)
    shown = desk.call("GET", AUDIT).json
    assert [name for name, _ in told(desk, "PUT", AUDIT, {**shown, **change})] == [field]
    assert desk.call("GET", AUDIT).json == shown


def test_all_that_is_wrong_with_an_item_is_told_in_one_answer_in_the_words_of_the_cli(desk: Desk) -> None:
    body = {
        "subscription_id": "other",
        "uri": "https://example.com/",
        "retry": {"shedule": [0]},
        "signing": 3,
    }
    found = dict(told(desk, "PUT", AUDIT, body))
    assert found.keys() == {"subscription_id", "uri", "url", "retry.shedule", "signing"}
    assert found["uri"] == "unknown field; did you mean url?"
    assert found["retry.shedule"] == "unknown field; did you mean schedule?"
    both = told(desk, "PUT", AUDIT, {**SUBSCRIPTION, "url": "https://127.0.0.1/", "filter": "a["})
    assert [field for field, _ in both] == ["filter", "url"]
    mistyped = told(desk, "PUT", "/admin/sources/gh", {**SOURCE, "provider": "gitbuh", "enabled": "true"})
    assert [field for field, _ in mistyped] == ["enabled", "provider"]


PARTS = {"{job_id}": "abcdef01", "{event_type}": "invoice~1paid"}


def bodies(desk: Desk) -> Iterator[tuple[str, str, str]]:
    """Of each operation that takes a body: method, path, and a field of it."""
    document = desk.call("GET", "/admin/openapi.json").json
    for path, operations in document["paths"].items():
        at = re.sub(r"{\w+}", lambda part: PARTS.get(part[0], "acme"), path)
        for method, operation in operations.items():
            if path.startswith("/admin/") and "requestBody" in operation:
                schema = operation["requestBody"]["content"]["application/json"]["schema"]
                ref = (schema if "$ref" in schema else schema["anyOf"][0])["$ref"]
                model = document["components"]["schemas"][ref.rpartition("/")[2]]
                yield method.upper(), at, max(model["properties"], key=len)


def test_a_mistyped_field_of_any_body_is_answered_with_the_one_that_it_is_close_to(desk: Desk) -> None:
    asked = list(bodies(desk))
    for method, path, field in asked:
        found = dict(told(desk, method, path, {f"{field}x": "a"}))
        assert found[f"{field}x"] == f"unknown field; did you mean {field}?", (method, path)
    assert {path.rpartition("/")[2] for _, path, _ in asked} >= {"jobs", "disable", "invoice~1paid"}
    assert told(desk, "POST", f"{AUDIT}/disable", {"colour": "red"}) == [("colour", "unknown field")]


def test_what_is_of_another_kind_is_told_in_words_that_json_has(desk: Desk) -> None:
    body = {**SOURCE, "max_body_bytes": "1000", "enabled": 1, "dedupe": [], "description": {}}
    assert dict(told(desk, "PUT", "/admin/sources/gh", body)) == {
        "max_body_bytes": "must be a whole number, not text",
        "enabled": "must be true or false, not a number",
        "dedupe": "must be an object, not a list",
        "description": "must be text, not an object",
    }


def test_a_provider_that_is_mistyped_is_answered_with_those_it_may_be(desk: Desk) -> None:
    ((field, problem),) = told(desk, "PUT", "/admin/sources/gh", {**SOURCE, "provider": "gitbuh"})
    assert field == "provider"
    assert "did you mean gitlab or github?" in problem


def test_a_source_with_a_field_of_a_subscription_is_still_checked_as_a_source(desk: Desk) -> None:
    ((field, problem),) = told(desk, "PUT", "/admin/sources/gh", {**SOURCE, "url": "https://example.com/"})
    assert (field, problem.partition(";")[0]) == ("url", "unknown field")


def test_all_that_is_wrong_with_an_event_type_is_told_in_one_answer(desk: Desk) -> None:
    body = {"tenant_id": "other", "event_type": "other", "json_schema": {"type": "nothing"}}
    fields = [field for field, _ in told(desk, "PUT", ITEMS[2][0], body)]
    assert fields == ["tenant_id", "event_type", "json_schema"]


@pytest.mark.parametrize("number", ["20261130", "2026", "1764000000", "-5", "1764000000000.5"])
def test_a_number_is_no_time_and_lists_nothing(desk: Desk, number: str) -> None:
    """Counted as seconds it is a day of 1970, and the answer would be everything."""
    for path in ("/admin/tenants/acme/events", f"{AUDIT}/deliveries", f"{AUDIT}/undelivered"):
        (field, problem), *others = told(desk, "GET", path, since=number)
        assert (field, others) == ("since", [])
        assert "RFC 3339" in problem


@pytest.mark.parametrize("number", ["20261130", "1764000000", 1764000000, 0.5])
def test_a_number_is_no_time_from_which_anything_is_replayed(desk: Desk, number: object) -> None:
    desk.call("PUT", AUDIT, SUBSCRIPTION)
    wanted = {"kind": "replay", "subscription_id": "audit", "since": number}
    assert [field for field, _ in told(desk, "POST", "/admin/tenants/acme/jobs", wanted)] == ["since"]
    assert desk.call("GET", "/admin/tenants/acme/jobs").json["jobs"] == []


def test_a_plus_in_a_query_is_a_blank_and_who_wrote_a_zone_so_is_told_how_it_is_written(desk: Desk) -> None:
    path = "/admin/tenants/acme/events"
    assert "%2B" in told(desk, "GET", path, since="2026-11-30T12:00:00 01:00")[0][1]
    assert desk.call("GET", path, since="2026-11-30T12:00:00+01:00").status == 200
