"""Two tenants with the same ids everywhere never see each other's: in no cache, key, cursor, index, path."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.integration.deployed_admin import operations
from tests.integration.tenant_views import VIEWS
from tests.integration.two_tenants import (
    JOB,
    MARK,
    OTHER_TYPE,
    SOURCES,
    SUBSCRIPTIONS,
    TENANTS,
    TEST,
    World,
    configure,
    host,
    two_tenants,
)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with two_tenants() as made:
        yield made


def test_the_same_id_of_two_tenants_is_two_events(world: World) -> None:
    assert [len(found) for found in world.told.values()] == [3, 3]
    assert not set.intersection(*world.told.values())


def test_each_subscriber_got_its_tenants_events_and_no_others(world: World) -> None:
    for request in world.story.deployment.peer.got:
        owner = json.loads(request.body)[MARK]
        assert request.url in {host(owner, name) for name in SUBSCRIPTIONS}
        assert dict(request.headers)["webhook-id"] in world.told[owner]


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@given(asked=st.lists(st.tuples(st.sampled_from(VIEWS), st.sampled_from(TENANTS)), min_size=5, max_size=12))
def test_whatever_was_asked_before_a_tenant_sees_its_own_and_nothing_else(
    world: World, asked: list[tuple[Callable[[World, str], bool], str]]
) -> None:
    for view, tenant in asked:
        assert view(world, tenant), (view.__name__, tenant)


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_is_a_tenants_own_when_the_other_looked_first(
    world: World, view: Callable[[World, str], bool]
) -> None:
    for tenant in (*TENANTS, *reversed(TENANTS)):
        assert view(world, tenant), tenant


def test_a_ciphertext_that_was_copied_from_another_tenants_item_opens_nothing(world: World) -> None:
    """Though its secret is kept in this environment: it is tied to the item that it was made for."""
    path = "/admin/tenants/{}/subscriptions/{}/public-keys"
    assert world.ask("GET", path.format("acme", "keyed"))["status"] == 200
    key = {"tenant_id": {"S": "acme"}, "subscription_id": {"S": "keyed"}}
    table = world.story.client("dynamodb")
    item = table.get_item(TableName="SubscriptionsTable", Key=key)["Item"]
    copied = {**item, "tenant_id": {"S": "acme.x"}, "subscription_id": {"S": "copied"}}
    table.put_item(TableName="SubscriptionsTable", Item=copied)
    answer = world.ask("GET", path.format("acme.x", "copied"))
    table.delete_item(TableName="SubscriptionsTable", Key={name: copied[name] for name in key})
    assert answer["status"] >= 400
    assert "public_keys" not in answer


LISTS = {
    "subscriptions": "/admin/tenants/{}/subscriptions",
    "event types": "/admin/tenants/{}/event-types",
    "events": "/admin/tenants/{}/events",
    "missed by first": "/admin/tenants/{}/subscriptions/first/undelivered",
    "cancelled of first": "/admin/tenants/{}/subscriptions/first/undelivered?state=cancelled",
    "what became of first": "/admin/tenants/{}/subscriptions/first/deliveries",
    "what became of second": "/admin/tenants/{}/subscriptions/second/deliveries",
    "missed by second": "/admin/tenants/{}/subscriptions/second/undelivered",
    "refused": "/admin/sources/{}/refused",
    "jobs": "/admin/tenants/{}/jobs",
}


def asked_for(world: World, tenant: str, name: str, **query: Any) -> dict[str, Any]:
    path, _, more = LISTS[name].format(SOURCES[tenant] if name == "refused" else tenant).partition("?")
    state = {"state": more.removeprefix("state=")} if more else {}
    return world.ask("GET", path, limit=1, **state, **query)


@pytest.mark.parametrize("name", [name for name in LISTS if name != "missed by second"])
def test_a_cursor_is_good_for_its_own_list_filter_and_tenant_and_for_no_other(
    world: World, name: str
) -> None:
    cursor = asked_for(world, "acme", name)["next_cursor"]
    assert cursor is not None
    assert asked_for(world, "acme", name, cursor=cursor)["status"] == 200
    assert asked_for(world, "acme.x", name, cursor=cursor)["status"] == 422
    for other in set(LISTS) - {name}:
        assert asked_for(world, "acme", other, cursor=cursor)["status"] == 422


WRITES = [(method, path) for method, path in operations() if method != "get" and "{tenant_id}" in path]


@pytest.mark.parametrize(("method", "path"), WRITES, ids=[f"{method} {path}" for method, path in WRITES])
def test_what_one_tenant_writes_changes_nothing_of_the_other(world: World, method: str, path: str) -> None:
    names = {"subscription_id": "third", "event_type": OTHER_TYPE}  # "third" fails, of one tenant
    if "{job_id}" in path:
        names["job_id"] = world.ask("POST", "/admin/tenants/acme.x/jobs", JOB)["job_id"]
    where = path.format(tenant_id="acme.x", **names)
    before = world.of("acme")
    body = {**_body(world, "acme.x", path)} if method == "put" else None
    body = JOB if path.endswith("/jobs") else body
    if body is not None and "subscription_id" in body:
        body["subscription_id"] = names["subscription_id"]
    assert world.ask(method.upper(), where, body)["status"] in (200, 202, 204)
    assert world.of("acme") == before
    configure(world.story, "acme.x")


def test_a_test_that_one_tenant_asks_for_changes_nothing_of_the_other(world: World) -> None:
    before = world.of("acme")
    asked = world.ask("POST", "/admin/tenants/acme.x/jobs", TEST)
    assert (asked["status"], asked["tenant_id"]) == (202, "acme.x")
    assert world.of("acme") == before


def _body(world: World, tenant: str, path: str) -> dict[str, Any]:
    if "event_type" in path:
        return {"json_schema": {"properties": {MARK: {"const": tenant}}}}
    return {
        "tenant_id": tenant,
        "subscription_id": "second",
        "url": host(tenant, "second"),
        "signing": "none",
    }


@pytest.mark.parametrize(
    "path", ["/admin/tenants/{}/subscriptions/second", "/admin/tenants/{}/event-types/new"]
)
def test_a_body_of_another_tenant_than_the_path_is_refused_and_nothing_is_written(
    world: World, path: str
) -> None:
    before = [world.of(tenant) for tenant in TENANTS]
    body = {**_body(world, "acme", "subscription"), "description": "not mine"}
    given = body if "subscriptions" in path else {"tenant_id": "acme", "json_schema": {}}
    assert world.ask("PUT", path.format("acme.x"), given)["status"] == 422
    assert [world.of(tenant) for tenant in TENANTS] == before


def test_a_replay_of_one_tenants_event_is_a_delivery_of_that_tenant_alone(world: World) -> None:
    before, event_id = world.of("acme.x"), sorted(world.told["acme"])[0]
    made = world.ask("POST", f"/admin/events/{event_id}/deliveries/first/replay")
    assert made["status"] == 202
    assert world.of("acme.x") == before
    (message,) = [one for one in world.messages_of(event_id) if one.get("generation")]
    assert message["tenant_id"] == "acme"
