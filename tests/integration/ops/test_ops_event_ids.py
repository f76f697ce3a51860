"""An event's id can be typed by its beginning, as tables on a narrow terminal show it."""

from __future__ import annotations

from doorbell.domain.events import event_id_for
from tests.integration.ops.deployed import Doorbell


def test_the_beginning_of_an_id_will_do_wherever_an_event_is_named(doorbell: Doorbell) -> None:
    doorbell.event(71, state="exhausted")
    doorbell.event(82)
    tenant = ("--tenant", "acme")
    assert doorbell.json("events", "show", "evt_acme_7", *tenant)["event_id"] == "evt_acme_71"
    (delivery,) = doorbell.json("deliveries", "show", "evt_acme_7", "billing", *tenant)
    assert delivery["state"] == "exhausted"
    (plan,) = doorbell.json("replay", "evt_acme_7", "--dry-run", *tenant)
    assert plan["last"] == "exhausted"


def test_a_beginning_that_several_have_is_refused_with_some_of_them(doorbell: Doorbell) -> None:
    doorbell.event(71)
    doorbell.event(72)
    result = doorbell.run("events", "show", "evt_acme_7", "--tenant", "acme")
    assert result.exit_code == 1
    assert "2 events begin with evt_acme_7: evt_acme_71, evt_acme_72. Type more of the id." in result.stderr


def test_an_id_that_is_the_beginning_of_another_is_itself(doorbell: Doorbell) -> None:
    doorbell.event(7)
    doorbell.event(71)
    assert doorbell.json("events", "show", "evt_acme_7", "--tenant", "acme")["event_id"] == "evt_acme_7"


def test_another_tenants_events_are_not_looked_through(doorbell: Doorbell) -> None:
    doorbell.event(71, tenant="other")
    result = doorbell.run("events", "show", "evt_other_7", "--tenant", "acme")
    assert result.exit_code == 1
    assert "no such event" in result.stderr


def test_a_whole_id_costs_no_look_at_the_log(doorbell: Doorbell) -> None:
    client, asked = doorbell.target.client("dynamodb"), list[str]()
    client.meta.events.register("before-call.dynamodb", lambda params, **_: asked.append(str(params["body"])))
    doorbell.run("events", "show", event_id_for("acme", "gh", "1"), "--tenant", "acme")
    assert asked
    assert not any("by_tenant" in body for body in asked)
