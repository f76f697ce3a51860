"""Filters filter, ranges end, a replay goes as fast as one said: each flag does what it says."""

import json
from datetime import datetime
from typing import Any

import pytest

from tests.integration.ops.deployed import DAY, Doorbell

EVENTS = ("events", "list", "--tenant", "acme")
MISSED = ("deliveries", "list", "--tenant", "acme")
MANY = ("replay", "--tenant", "acme", "--subscription", "billing", "--since", "1h")


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["event_id"] for row in rows]


def test_events_are_listed_of_one_type_and_of_one_source(doorbell: Doorbell) -> None:
    push, issue = doorbell.event(1), doorbell.event(2, event_type="issues")
    shop = doorbell.event(3, source_id="shop")
    assert ids(doorbell.json(*EVENTS, "--type", "push")) == [shop, push]
    assert ids(doorbell.json(*EVENTS, "--source", "github")) == [issue, push]
    assert ids(doorbell.json(*EVENTS, "--type", "push", "--source", "shop")) == [shop]


def test_events_are_listed_between_two_times(doorbell: Doorbell) -> None:
    ages = {"now": 10.0, "today": 5 * 3600.0, "before": 30 * 3600.0, "long ago": 3.0 * DAY}
    made = {name: doorbell.event(number, age=age) for number, (name, age) in enumerate(ages.items())}
    assert ids(doorbell.json(*EVENTS)) == [made["now"], made["today"]]
    assert ids(doorbell.json(*EVENTS, "--since", "2d", "--until", "1h")) == [made["today"], made["before"]]
    assert ids(doorbell.json(*EVENTS, "--since", "4d", "--until", "2d")) == [made["long ago"]]


def test_only_exhausted_deliveries_are_listed_where_that_is_asked_for(doorbell: Doorbell) -> None:
    exhausted, cancelled = doorbell.event(1, state="exhausted"), doorbell.event(2, state="cancelled")
    assert ids(doorbell.json(*MISSED)) == [cancelled, exhausted]
    assert ids(doorbell.json(*MISSED, "--state", "exhausted")) == [exhausted]
    assert ids(doorbell.json(*MISSED, "--state", "cancelled")) == [cancelled]


def test_deliveries_are_listed_of_the_subscriptions_that_are_named(doorbell: Doorbell) -> None:
    made = {}
    for number, name in enumerate(("a", "b", "c")):
        doorbell.subscribe(name)
        made[name] = doorbell.event(number, to=name, state="exhausted")
    assert len(doorbell.json(*MISSED)) == 3
    chosen = doorbell.json(*MISSED, "--subscription", "c", "--subscription", "a")
    assert ids(chosen) == [made["c"], made["a"]]
    assert [row["subscription_id"] for row in chosen] == ["c", "a"]


def test_deliveries_of_another_tenant_are_not_listed(doorbell: Doorbell) -> None:
    doorbell.subscribe("billing", tenant="zeta")
    other = doorbell.event(1, tenant="zeta", state="exhausted")
    assert doorbell.json(*MISSED) == []
    assert ids(doorbell.json("deliveries", "list", "--tenant", "zeta")) == [other]


def test_only_the_states_that_are_asked_for_are_replayed(doorbell: Doorbell) -> None:
    exhausted, cancelled = doorbell.event(1, state="exhausted"), doorbell.event(2, state="cancelled")
    assert doorbell.json(*MANY, "--status", "cancelled", "--yes")["written"] == 1
    assert "delivery#billing#0001" in doorbell.items(cancelled)
    assert "delivery#billing#0001" not in doorbell.items(exhausted)


def slots(doorbell: Doorbell, made: list[str]) -> list[float]:
    found = [doorbell.items(event_id)["delivery#billing#0001"] for event_id in made]
    return sorted(float(item["next_attempt_at"]["N"]) for item in found)


@pytest.mark.parametrize(
    ("limit", "flags", "per_second"),
    [
        (None, (), 10.0),
        (4.0, (), 4.0),
        (100.0, (), 10.0),
        (4.0, ("--rate", "2"), 2.0),
        (None, ("--rate", "50"), 50.0),
    ],
)
def test_replays_go_at_the_rate_one_gave_or_at_the_usual_one_within_the_subscriptions_limit(
    doorbell: Doorbell, limit: float | None, flags: tuple[str, ...], per_second: float
) -> None:
    fields: dict[str, Any] = {} if limit is None else {"rate_limit_per_second": limit}
    doorbell.subscribe("billing", "acme", **fields)
    made = [doorbell.event(number, state="exhausted") for number in range(3)]
    told = doorbell.json(*MANY, *flags, "--dry-run")
    assert told["per_second"] == per_second
    assert doorbell.json(*MANY, *flags, "--yes")["per_second"] == per_second
    first, second, third = slots(doorbell, made)
    assert second - first == pytest.approx(1 / per_second, abs=1e-3)
    assert third - second == pytest.approx(1 / per_second, abs=1e-3)


def test_the_last_slot_of_a_job_is_that_of_its_last_replay(doorbell: Doorbell) -> None:
    made = [doorbell.event(number, state="exhausted") for number in range(3)]
    told = doorbell.json(*MANY, "--rate", "0.5", "--yes")
    last = datetime.fromisoformat(told["last_slot"]).timestamp()
    assert last == pytest.approx(slots(doorbell, made)[-1], abs=0.01)


def test_a_replay_of_one_event_leaves_out_who_is_off_or_gone(doorbell: Doorbell) -> None:
    doorbell.subscribe("off", enabled=False)
    doorbell.event(1, to="off", state="exhausted")
    event_id = doorbell.event(2, state="exhausted")
    refused = doorbell.run("replay", "evt_acme_1")
    assert (refused.exit_code, "No enabled subscription missed this event" in refused.stderr) == (1, True)
    named = doorbell.run("replay", event_id, "--subscription", "off")
    assert (named.exit_code, "disabled" in named.stderr) == (1, True)
    assert doorbell.messages("Deliveries") == []


def test_a_replay_of_what_ended_before_or_after_the_time_is_none(doorbell: Doorbell) -> None:
    doorbell.event(1, state="exhausted")
    told = doorbell.json(*MANY, "--until", "30m", "--dry-run")
    assert told["deliveries"] == 0


def test_a_bill_for_a_million_events_is_the_bill_divided_by_its_millions(doorbell: Doorbell) -> None:
    for events, millions in (("2M", 2.0), ("500k", 0.5)):
        told = doorbell.json("cost", "--events", events)
        assert told["load"]["events"] == millions * 1e6
        exact = sum(line["usd"] for line in told["lines"])
        assert told["total_usd"] == round(exact, 2)
        assert told["per_million_events_usd"] == round(exact / millions, 2)
    assert doorbell.json("cost", "--events", "0")["per_million_events_usd"] is None


def test_more_of_anything_never_costs_less(doorbell: Doorbell) -> None:
    def total(*flags: str) -> float:
        found: float = doorbell.json("cost", *flags)["total_usd"]
        return found

    usual = total("--events", "10M")
    for more in (
        ("--events", "20M"),
        ("--events", "10M", "--fanout", "6"),
        ("--events", "10M", "--body", "40KB"),
        ("--events", "10M", "--retries", "50%"),
        ("--events", "10M", "--secrets", "2k"),
        ("--events", "10M", "--kept-in", "secretsmanager"),
    ):
        assert total(*more) > usual, more
    assert json.dumps(usual)
