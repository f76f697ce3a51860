"""`doorbell show ID`: whatever id one has at hand."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from doorbell.domain.deliveries import Delivery, DeliveryKey, State
from doorbell.domain.events import event_id_for, nth_event_id
from doorbell.domain.records import StoredEvent
from doorbell.store.dynamodb.tables import marshal
from doorbell.store.events.events import EventTable
from tests.integration.ops.deployed import DAY, Doorbell

TENANT = ("--tenant", "acme")
GUID = "72d3162e-cc78-11e3-81ab-4c9367dc0958"


def asked(doorbell: Doorbell) -> list[str]:
    """The operations that are called from now on."""
    client, names = doorbell.target.client("dynamodb"), list[str]()
    client.meta.events.register("before-call.dynamodb", lambda model, **_: names.append(model.name))
    return names


def rung(
    doorbell: Doorbell, key: str, source: str = "github", tenant: str = "acme", generation: int = 0
) -> str:
    """An event as a provider's delivery id makes it; its id."""
    there = EventTable(doorbell.target.client("dynamodb"), "EventsTable")
    stored = there.get(doorbell.event(len(key) * 100 + generation, tenant=tenant), time.time())
    assert stored is not None
    base = event_id_for(tenant, source, key)
    incoming = replace(stored.incoming, event_id=base, source_id=source)
    event: StoredEvent = replace(
        stored, event_id=nth_event_id(base, generation), generation=generation, incoming=incoming
    )
    assert there.put_new(event) is None
    if generation:
        there.move_newest(event)
    return event.event_id


def test_an_events_id_or_its_beginning_shows_the_event(doorbell: Doorbell) -> None:
    event_id = doorbell.event(71)
    for text in (event_id, "evt_acme_7"):
        shown = doorbell.json("show", text, *TENANT)
        assert (shown["is"], shown["command"]) == ("event", f"events show {event_id}")
        assert shown["shown"] == doorbell.json("events", "show", event_id)
    said = doorbell.run("show", event_id, *TENANT).stdout
    assert f"{event_id} is an event. The same: doorbell events show {event_id}" in said
    assert doorbell.run("events", "show", event_id).stdout in said


def test_an_event_and_a_subscription_show_the_delivery_with_its_replays(doorbell: Doorbell) -> None:
    event_id, now = doorbell.event(1, state="exhausted"), time.time()
    replayed = DeliveryKey(event_id, "billing", 1)
    doorbell.deliver(Delivery(replayed, "acme", State.PENDING, now, now, now, int(now) + DAY), "delivered")
    shown = doorbell.json("show", f"{event_id}/billing", *TENANT)
    assert shown["is"] == "delivery"
    assert shown["shown"] == doorbell.json("deliveries", "show", event_id, "billing", *TENANT)
    assert [one["generation"] for one in shown["shown"]] == [0, 1]
    (one,) = doorbell.json("show", f"{event_id}/billing#0001", *TENANT)["shown"]
    assert (one["generation"], one["state"]) == (1, "delivered")


def test_a_delivery_id_that_begins_as_an_events_id_does_is_found(doorbell: Doorbell) -> None:
    event_id = rung(doorbell, "evt_1MqqbKLt4dXK03v5qaIbiNCC")
    calls = asked(doorbell)
    assert doorbell.json("show", "evt_1MqqbKLt4dXK03v5qaIbiNCC", *TENANT)["shown"]["event_id"] == event_id
    assert len(calls) <= 10


@pytest.mark.parametrize("options", [(), ("--source", "github")])
def test_a_providers_delivery_id_shows_its_event(doorbell: Doorbell, options: tuple[str, ...]) -> None:
    event_id = rung(doorbell, GUID)
    shown = doorbell.json("show", GUID, *TENANT, *options)
    assert (shown["is"], shown["shown"]["event_id"]) == ("event", event_id)
    assert f"{GUID} is a delivery id of the source github." in doorbell.run("show", GUID, *TENANT).stdout


def test_of_a_delivery_id_that_was_used_again_the_newest_event_is_shown(doorbell: Doorbell) -> None:
    rung(doorbell, "order-1")
    second = rung(doorbell, "order-1", generation=1)
    assert doorbell.json("show", "order-1", *TENANT)["shown"]["event_id"] == second


def test_an_event_that_has_expired_is_not_found_by_its_delivery_id(doorbell: Doorbell) -> None:
    event_id = rung(doorbell, GUID)
    doorbell.target.client("dynamodb").update_item(
        TableName="EventsTable",
        Key=marshal({"event_id": event_id, "sk": "event"}),
        UpdateExpression="SET expires_at = :then",
        ExpressionAttributeValues=marshal({":then": int(time.time()) - 60}),
    )
    assert f"Nothing found for {GUID}." in doorbell.run("show", GUID, *TENANT).stderr


def test_the_delivery_id_of_a_body_that_was_split_shows_its_first_event(doorbell: Doorbell) -> None:
    first = rung(doorbell, "batch-1\n0")
    shown = doorbell.run("show", "batch-1", *TENANT).stdout
    assert f"doorbell events show {first}" in shown
    assert "the first event that its body was split into" in shown


def test_what_the_team_published_is_found_by_the_id_that_it_gave(doorbell: Doorbell) -> None:
    event_id = rung(doorbell, "invoice-7", source="publish")
    assert doorbell.json("show", "invoice-7", *TENANT)["shown"]["event_id"] == event_id
    named = doorbell.json("show", "invoice-7", *TENANT, "--source", "publish")
    assert named["shown"]["event_id"] == event_id


def test_a_source_that_is_named_tells_the_tenant(doorbell: Doorbell) -> None:
    event_id = rung(doorbell, GUID)
    assert doorbell.json("show", GUID, "--source", "github")["shown"]["event_id"] == event_id
    assert doorbell.run("show", GUID).exit_code == 1


def test_a_subscriptions_or_a_sources_id_shows_the_item(doorbell: Doorbell) -> None:
    for text, what in (("billing", "subscription"), ("acme/billing", "subscription"), ("github", "source")):
        shown = doorbell.json("show", text, *TENANT)
        assert shown["is"] == what
        assert shown["shown"] == doorbell.json(*shown["command"].split())


def test_an_id_of_two_things_names_the_command_of_each(doorbell: Doorbell) -> None:
    doorbell.subscribe("github")
    result = doorbell.run("show", "github", *TENANT)
    assert result.exit_code == 1
    assert "a subscription: doorbell subscriptions show acme/github" in result.stderr
    assert "a source: doorbell sources show github" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere",), "a source, and a delivery id of any source of acme: github, publish."),
        (("nowhere", "--source", "github"), "No event of the source github has the delivery id nowhere"),
        (("nowhere", "--source", "gitlab"), "There is no source gitlab."),
        (("evt_nowhere",), "Nothing found for evt_nowhere. Looked for a subscription of acme, a source, and"),
        (("evt_nowhere",), "None of the newest 1,000 that acme had in the last 7 days begins so."),
        ((event_id_for("acme", "github", "1"),), ", or it has expired."),
        (("evt_acme_1/nobody",), "The event evt_acme_1 is there, but has no delivery evt_acme_1/nobody."),
    ],
)
def test_what_is_not_there_is_told_with_where_it_was_looked_for(
    doorbell: Doorbell, arguments: tuple[str, ...], said: str
) -> None:
    doorbell.event(1)
    result = doorbell.run("show", *arguments, *TENANT)
    assert result.exit_code == 1
    assert said in result.stderr


def test_an_empty_id_is_wrong_use(doorbell: Doorbell) -> None:
    result = doorbell.run("show", " ")
    assert (result.exit_code, "The id is empty." in result.stderr) == (2, True)


def test_with_many_sources_the_first_are_tried_and_the_others_can_be_named(doorbell: Doorbell) -> None:
    for number in range(60):
        item = {"source_id": f"shop-{number:02d}", "provider": "shopify", "tenant_id": "acme"}
        doorbell.put("SourcesTable", item)
    calls = asked(doorbell)
    result = doorbell.run("show", "nowhere", *TENANT)
    assert "so name yours with --source" in result.stderr
    assert sorted(calls) == ["BatchGetItem", "GetItem", "GetItem", "Scan"]


def test_no_look_makes_more_calls_than_the_help_says(doorbell: Doorbell) -> None:
    rung(doorbell, GUID)
    doorbell.event(71)
    for most, text in ((10, GUID), (10, "billing"), (10, "github"), (60, "evt_acme_7"), (60, "evt_nowhere")):
        calls = asked(doorbell)
        doorbell.run("show", text, *TENANT)
        assert 0 < len(calls) <= most, (text, calls)
