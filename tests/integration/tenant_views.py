"""What a tenant can look at: each view tells whether all that it showed was the tenant's own."""

import json

from doorbell.signatures.signing.outgoing import public_key
from tests.integration.two_tenants import (
    ED25519,
    MARK,
    OTHER_TYPE,
    ROUTED,
    SOURCES,
    TENANTS,
    TYPE,
    WANTED,
    World,
    crowd,
)


def one_subscription(world: World, tenant: str) -> bool:
    item = world.ask("GET", f"/admin/tenants/{tenant}/subscriptions/first")["item"]
    return (item["tenant_id"], item["description"]) == (tenant, tenant)


def all_subscriptions(world: World, tenant: str) -> bool:
    rows = world.walked(f"/admin/tenants/{tenant}/subscriptions", "items")
    return [row["item"]["description"] for row in rows] == [tenant] * 4


def all_event_types(world: World, tenant: str) -> bool:
    rows = world.walked(f"/admin/tenants/{tenant}/event-types", "event_types")
    return len(rows) == 2 and all(f'"{tenant}"' in json.dumps(row) for row in rows)


def one_event_type(world: World, tenant: str) -> bool:
    found = world.ask("GET", f"/admin/tenants/{tenant}/event-types/{TYPE}")
    return f'"const": "{tenant}"' in json.dumps(found)


def all_events(world: World, tenant: str) -> bool:
    world.settle()
    rows = world.walked(f"/admin/tenants/{tenant}/events", "events")
    return {row["event_id"] for row in rows} == world.events[tenant]


def what_was_missed(world: World, tenant: str) -> bool:
    rows = world.walked(f"/admin/tenants/{tenant}/subscriptions/first/undelivered", "missed")
    return {row["event_id"] for row in rows} == world.told[tenant]


def what_became_of_deliveries(world: World, tenant: str) -> bool:
    rows = world.walked(f"/admin/tenants/{tenant}/subscriptions/second/deliveries", "deliveries")
    return {row["event_id"] for row in rows} == world.told[tenant]


def what_is_under_way(world: World, tenant: str) -> bool:
    """What the third has not taken, and what was published since and nobody has dispatched."""
    rows = world.ask("GET", f"/admin/tenants/{tenant}/subscriptions/third/pending", limit=500)["deliveries"]
    found = {row["event_id"] for row in rows}
    waits = world.told[tenant] if tenant == "acme" else set[str]()
    return waits <= found <= world.events[tenant]


def what_an_id_stands_for(world: World, tenant: str) -> bool:
    other = next(name for name in TENANTS if name != tenant)
    ours, theirs = (sorted(world.told[name])[0] for name in (tenant, other))
    asked = [ours, f"{ours}/second", "1", f"{tenant}/first"]
    found = [world.ask("GET", f"/admin/tenants/{tenant}/find", id=one)["found"] for one in asked]
    hidden = [theirs, f"{theirs}/second", f"{other}/first"]
    answers = {world.ask("GET", f"/admin/tenants/{tenant}/find", id=one)["status"] for one in hidden}
    named = [[one["what"] for one in each] for each in found]
    by_key = {one["key"]["event_id"] for each in found[:3] for one in each}
    return (
        named == [["event"], ["delivery"], ["event"], ["subscription"]]
        and by_key <= world.events[tenant]
        and answers == {404}
    )


def an_endpoints_health(world: World, tenant: str) -> bool:
    seen = world.ask("GET", f"/admin/tenants/{tenant}/subscriptions/third/health")
    return bool((seen["failures"] > 0) == (tenant == "acme"))


def a_public_key(world: World, tenant: str) -> bool:
    shown = world.ask("GET", f"/admin/tenants/{tenant}/subscriptions/keyed/public-keys")
    return bool(shown["public_keys"] == [public_key(ED25519[tenant])])


def a_schema_that_is_kept(world: World, tenant: str) -> bool:
    (other,) = set(TENANTS) - {tenant}
    fine = world.publish(tenant, type=OTHER_TYPE)["status"]
    wrong = world.publish(tenant, type=OTHER_TYPE, data={MARK: other})["status"]
    return (fine, wrong) == (202, 422)


def what_an_event_matches(world: World, tenant: str) -> bool:
    """Of a tenant with few subscriptions, and of one with many: what is kept of them is kept in two ways."""
    for owner in (tenant, crowd(tenant)):
        event_id = world.publish(owner, type=ROUTED, data={})["event_id"]
        found = {one["subscription_id"] for one in world.messages_of(event_id)}
        if found != WANTED[tenant]:
            return False
    return True


def what_a_subscription_did(world: World, tenant: str) -> bool:
    """The first answers 410 to all; of the third one tenant's answers 503."""
    path, by = f"/admin/tenants/{tenant}/subscriptions", {"by": "all"}
    (first,) = world.ask("GET", f"{path}/first/stats", **by)["stats"]
    third = world.ask("GET", f"{path}/third/stats", **by)["stats"]
    failed = sum(sum(row["failed"].values()) for row in third)
    return bool(first["cancelled"] == len(world.told[tenant]) and (failed > 0) == (tenant == "acme"))


def what_came_in(world: World, tenant: str) -> bool:
    world.settle()
    rows = world.ask("GET", "/admin/sources/publish/stats", tenant_id=tenant, by="all")["stats"]
    return [row["accepted"] for row in rows] == [len(world.events[tenant])]


def all_sources(world: World, tenant: str) -> bool:
    rows = world.walked("/admin/sources", "items", tenant_id=tenant)
    return [row["item"]["source_id"] for row in rows] == [SOURCES[tenant]]


def refused_requests(world: World, tenant: str) -> bool:
    """Each that is listed, as it is shown; and under the other's source there is none of them."""
    path = f"/admin/sources/{SOURCES[tenant]}/refused"
    rows = world.walked(path, "refused")
    shown = [world.ask("GET", f"{path}/{row['refused_id']}") for row in rows]
    (other,) = set(TENANTS) - {tenant}
    elsewhere = [f"/admin/sources/{SOURCES[other]}/refused/{row['refused_id']}" for row in rows]
    own = len(shown) >= 3 and all(json.loads(one["body"])[MARK] == tenant for one in shown)
    return own and {world.ask("GET", there)["status"] for there in elsewhere} == {404}


def all_jobs(world: World, tenant: str) -> bool:
    rows = world.walked(f"/admin/tenants/{tenant}/jobs", "jobs")
    kinds = {row["kind"] for row in rows}
    return kinds == {"replay", "test"} and {row["tenant_id"] for row in rows} == {tenant}


def one_job(world: World, tenant: str) -> bool:
    """Each that is listed, as it is shown; and of the other tenant there is none of its id."""
    rows = world.walked(f"/admin/tenants/{tenant}/jobs", "jobs")
    (other,) = set(TENANTS) - {tenant}
    shown = [world.ask("GET", f"/admin/tenants/{tenant}/jobs/{row['job_id']}") for row in rows]
    hidden = [world.ask("GET", f"/admin/tenants/{other}/jobs/{row['job_id']}")["status"] for row in rows]
    return {one["tenant_id"] for one in shown} == {tenant} and set(hidden) == {404}


VIEWS = (
    what_a_subscription_did,
    what_came_in,
    one_subscription,
    all_subscriptions,
    all_event_types,
    one_event_type,
    all_events,
    what_was_missed,
    what_became_of_deliveries,
    what_is_under_way,
    what_an_id_stands_for,
    an_endpoints_health,
    a_public_key,
    a_schema_that_is_kept,
    what_an_event_matches,
    all_sources,
    refused_requests,
    all_jobs,
    one_job,
)
