"""`doorbell status` and `deliveries list --state`: what waits, what fails and why, what is lost."""

import re
import time
from dataclasses import replace
from itertools import batched
from typing import Any

import pytest

from doorbell.domain.deliveries import Attempt, Delivery, DeliveryKey, Lease, State
from doorbell.domain.shelves import shelf_of
from doorbell.domain.trials import TEST_OVER
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.store.deliveries.delivery_items import delivery_values
from doorbell.store.dynamodb.tables import marshal, unmarshal
from doorbell_cli.cells import clock
from doorbell_cli.output import Exit
from tests.integration.ops.deployed import DAY, SHARDS, Doorbell
from tests.support.cli_calls import counted_calls

STATUS = ("status", "acme/billing")


def pending(
    doorbell: Doorbell,
    number: int,
    failures: int = 0,
    to: str = "billing",
    event_id: str | None = None,
    **changes: Any,
) -> str:
    """An event whose delivery is pending after so many attempts, each answered by 500; its id."""
    event_id, now = event_id or f"evt_p{number:04d}", time.time()
    delivery = Delivery(
        DeliveryKey(event_id, to), "acme", State.PENDING, now - 600, now + 60, now + 960, int(now) + DAY
    )
    attempts = tuple(
        Attempt(n + 1, now - 500 + n + number, 20, 500, None, "", f"out of order {number}")
        for n in range(failures)
    )
    table = DeliveryTable(doorbell.target.client("dynamodb"), "EventsTable", SHARDS)
    table.create([replace(delivery, attempts=attempts, **changes)])
    return event_id


def held(doorbell: Doorbell, event_id: str, **changes: float) -> None:
    """As a dispatcher writes that it may not go now."""
    item = unmarshal(doorbell.items(event_id)["delivery#billing"])
    doorbell.put("EventsTable", {**item, **changes})


def parked(doorbell: Doorbell, seconds: float, **health: Any) -> float:
    until = time.time() + seconds
    item = {"subscription_id": "acme/billing", "failures": 7, "failing_since": until - 3600, "version": 3}
    doorbell.put("EndpointsTable", {**item, "parked_until": until, "parks": 2, **health})
    return until


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_a_subscription_of_which_nothing_waits_is_said_to_be_healthy(doorbell: Doorbell) -> None:
    doorbell.event(1)
    said = flat(doorbell.run(*STATUS).stdout)
    assert "state healthy" in said
    assert "waiting nothing" in said
    assert "lost nothing since" in said


def test_a_name_without_a_tenant_is_of_the_tenant_that_the_flag_names(doorbell: Doorbell) -> None:
    doorbell.subscribe("billing", "default")
    pending(doorbell, 1)
    told = [doorbell.json("status", "billing", *flag) for flag in ((), ("--tenant", "acme"))]
    assert [one["tenant_id"] for one in told] == ["default", "acme"]
    refused = doorbell.run("status", "acme/billing", "--tenant", "zeta")
    assert refused.exit_code == Exit.USAGE
    assert "the name says the tenant" in flat(refused.stderr)


def test_it_says_how_many_wait_how_many_have_failed_and_with_what_answer(doorbell: Doorbell) -> None:
    for number in range(3):
        pending(doorbell, number)
    failing = [pending(doorbell, number, failures=2) for number in (10, 11)]
    said = flat(doorbell.run(*STATUS).stdout)
    assert "waiting 5: 2 failed before, 3 not tried yet" in said
    assert "last error 500 'out of order 11' at " in said
    assert said.index(failing[1]) < said.index(failing[0])
    assert "its retry schedule; 2 of 10 attempts used" in said


def test_a_parked_endpoint_is_said_with_since_when_until_when_and_why_nobody_goes(doorbell: Doorbell) -> None:
    pending(doorbell, 1, failures=1)
    until = parked(doorbell, 600)
    said = flat(doorbell.run(*STATUS).stdout)
    end = time.strftime("%H:%M:%S", time.gmtime(until))
    assert f"{end}, then one probe; 7 failures in a row since" in said
    assert "held by 1 the endpoint is parked" in said
    assert f"{end}: the endpoint is parked; 1 of 10 attempts used" in said
    told = doorbell.json(*STATUS)
    assert (told["circuit"], told["failing"][0]["held_by"]) == ("open", "parked")


def test_a_probe_that_is_under_way_is_said(doorbell: Doorbell) -> None:
    now = time.time()
    pending(doorbell, 1, failures=1, lease=None)
    parked(doorbell, -5, probe_until=now + 30)
    assert "PROBE under way until" in doorbell.run(*STATUS).stdout
    assert "held by 1 one delivery tests the endpoint" in flat(doorbell.run(*STATUS).stdout)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"slot_at": 1.0}, "the rate limit"),
        ({"turn_at": 1.0}, "max_in_flight"),
        ({"next_attempt_at": 1.0}, "due: its message is on the way"),
    ],
)
def test_it_says_what_holds_a_delivery(doorbell: Doorbell, changes: dict[str, Any], why: str) -> None:
    held(doorbell, pending(doorbell, 1), **changes)
    assert f"held by 1 {why}" in flat(doorbell.run(*STATUS).stdout)


def test_one_that_a_worker_has_is_said_to_be_tried(doorbell: Doorbell) -> None:
    event_id = pending(doorbell, 1, next_attempt_at=time.time())
    table = DeliveryTable(doorbell.target.client("dynamodb"), "EventsTable", SHARDS)
    table.claim(DeliveryKey(event_id, "billing"), 1, Lease("l1", time.time() + 60), time.time() + 5)
    assert "held by 1 being tried" in flat(doorbell.run(*STATUS).stdout)


def on_list(doorbell: Doorbell, number: int, to: str = "billing") -> None:
    """As a dispatcher files one that waits for its endpoint."""
    event_id = pending(doorbell, number, to=to)
    name = f"acme/{to}"
    item = unmarshal(doorbell.items(event_id)[f"delivery#{to}"])
    shelf = shelf_of(name, DeliveryKey(event_id, to))
    doorbell.put("EventsTable", {**item, "shelf": shelf, "shelf_at": 1000.0 + number})


def six_wait(doorbell: Doorbell) -> None:
    for number in range(6):
        on_list(doorbell, number)
    parked(doorbell, 600, wake_at=time.time() + 30, wake_shard="0")


def test_the_waiting_list_is_counted_and_it_says_when_the_last_will_be_out(doorbell: Doorbell) -> None:
    for number in range(5):
        on_list(doorbell, number)
    on_list(doorbell, 7, to="other")
    wake = {"wake_at": time.time() + 30, "wake_shard": "0"}
    parked(doorbell, 600, **wake)
    said = flat(doorbell.run(*STATUS).stdout)
    assert "waiting list 5 since 1970-01-01 00:16:40; after a good probe sent out at 50 a second" in said
    assert "held by 5 the endpoint is parked" in said
    doorbell.put("EndpointsTable", {"subscription_id": "acme/billing", "wake_pace": 0.5, **wake})
    said = flat(doorbell.run(*STATUS).stdout)
    assert "held by 5 the endpoint's waiting list" in said
    assert "state draining: what waited for it goes out" in said
    assert re.search(r"5 since .*; being sent out at 0\.5 a second: the last by \d\d:", said)
    told = doorbell.json(*STATUS)["waiting_list"]
    assert (told["count"], told["complete"], told["per_second"]) == (5, True, 0.5)


def test_a_list_that_is_empty_and_about_to_close_does_not_drain(doorbell: Doorbell) -> None:
    wake = {"wake_at": time.time() + 30, "wake_shard": "0", "wake_state": "closing"}
    doorbell.put("EndpointsTable", {"subscription_id": "acme/billing", **wake})
    assert "state healthy" in flat(doorbell.run(*STATUS).stdout)


def test_a_long_list_of_others_does_not_hide_how_many_wait_here(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    six_wait(doorbell)
    client = doorbell.target.client("dynamodb")
    scan = client.scan
    monkeypatch.setattr(client, "scan", lambda **call: scan(**call, Limit=1))
    assert doorbell.json(*STATUS)["waiting_list"]["count"] == 6


def test_a_long_list_is_counted_as_far_as_it_is_exact(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    six_wait(doorbell)
    monkeypatch.setattr("doorbell_cli.commands.operations.status.PAGES", 0)  # no Scan before
    monkeypatch.setattr("doorbell.store.deliveries.shelf_count.LEAST", 1)
    assert doorbell.json(*STATUS)["waiting_list"]["count"] == 6
    monkeypatch.setattr("doorbell.store.deliveries.shelf_count.EXACT", 4)
    told = doorbell.json(*STATUS)["waiting_list"]
    assert (told["count"], told["complete"], told["out_at"]) == (4, False, None)
    assert "waiting list 4+ since" in flat(doorbell.run(*STATUS).stdout)


def test_what_is_lost_is_counted_by_reason_with_what_was_replayed_since(doorbell: Doorbell) -> None:
    ids = [doorbell.event(number, state="exhausted") for number in range(3)]
    doorbell.event(9, state="cancelled")
    doorbell.run("replay", ids[0])
    said = flat(doorbell.run(*STATUS).stdout)
    assert re.search(r"lost 4 since .*: 3 exhausted \(schedule\); 1 cancelled \(schedule\); 1 replayed", said)
    assert "waiting 1: 0 failed before, 1 not tried yet" in said


def test_each_question_of_a_bad_night_takes_ten_calls_at_most_however_many_deliveries_are_on_record(
    doorbell: Doorbell,
) -> None:
    client, now = doorbell.target.client("dynamodb"), time.time()
    made = [
        Delivery(
            DeliveryKey(f"evt_{n:05d}", "billing"),
            "acme",
            State.PENDING,
            now - n,
            now + n,
            now + n + 900,
            int(now) + DAY,
            attempts=(Attempt(1, now - n, 20, 500, None, "", "broken"),) if n % 50 == 0 else (),
        )
        for n in range(500)
    ]
    puts = [{"PutRequest": {"Item": marshal(delivery_values(one, SHARDS))}} for one in made]
    for batch in batched(puts, 25, strict=True):
        client.batch_write_item(RequestItems={"EventsTable": list(batch)})
    parked(doorbell, 600)
    with counted_calls(doorbell.target) as calls:
        said = flat(doorbell.run(*STATUS).stdout)
    assert "waiting 500: 10 failed before, 490 not tried yet" in said
    assert calls.total() <= 10
    for more in ("failing", "waiting"):
        with counted_calls(doorbell.target) as calls:
            told = doorbell.json("deliveries", "list", "--tenant", "acme", "--state", more)
        assert len(told) == (10 if more == "failing" else 50)
        assert calls.total() <= 10
    with counted_calls(doorbell.target) as calls:
        (row,) = doorbell.json("status", "--tenant", "acme")
    assert (row["pending"]["count"], row["pending"]["tried"], row["pending"]["complete"]) == (500, 10, True)
    assert calls.total() <= 10


def test_all_of_a_tenant_are_shown_of_whom_there_is_something_to_say(doorbell: Doorbell) -> None:
    for name in ("quiet", "lossy"):
        doorbell.subscribe(name)
    doorbell.subscribe("off", enabled=False, disabled_reason="410")
    pending(doorbell, 1, failures=1)
    pending(doorbell, 2, to="gone")
    doorbell.event(3, to="lossy", state="exhausted")
    said = doorbell.run("status", "--tenant", "acme").stdout
    shown = [line.split()[0] for line in said.splitlines() if line.startswith(" ") and "─" not in line]
    assert shown == ["subscription", "billing", "gone", "lossy", "off"]
    assert "1 more: nothing waits, nothing fails, nothing is lost." in said
    assert "out of order 1" in said
    assert "deleted" in said
    told = {row["subscription_id"]: row for row in doorbell.json("status", "--tenant", "acme")}
    assert told["lossy"]["lost"]["count"] == 1
    assert (told["gone"]["exists"], told["off"]["enabled"]) == (False, False)


def test_another_tenants_deliveries_are_not_counted(doorbell: Doorbell) -> None:
    pending(doorbell, 1)
    doorbell.subscribe("billing", tenant="zeta")
    assert "waiting nothing" in flat(doorbell.run("status", "zeta/billing").stdout)
    assert "Nothing waits" in doorbell.run("status", "--tenant", "zeta").stdout


def test_a_name_that_begins_with_anothers_is_not_taken_for_it(doorbell: Doorbell) -> None:
    doorbell.subscribe("billing2")
    pending(doorbell, 1, to="billing2")
    assert "waiting nothing" in flat(doorbell.run(*STATUS).stdout)


def test_a_replay_that_waits_is_counted(doorbell: Doorbell) -> None:
    event_id = doorbell.event(1, state="exhausted")
    doorbell.run("replay", event_id)
    assert doorbell.json(*STATUS)["pending"]["count"] == 1


def test_a_subscription_that_is_not_there_is_an_error_unless_something_of_it_is_left(
    doorbell: Doorbell,
) -> None:
    nothing = doorbell.run("status", "acme/nosuch")
    assert (nothing.exit_code, "There is no subscription acme/nosuch" in nothing.stderr) == (1, True)
    pending(doorbell, 1, to="nosuch")
    assert "what waits for it is cancelled" in doorbell.run("status", "acme/nosuch").stdout


def test_a_walk_that_stops_early_says_so(doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        pending(doorbell, number, failures=1)
    client = doorbell.target.client("dynamodb")
    scan = client.scan
    monkeypatch.setattr(client, "scan", lambda **call: scan(**call, Limit=1))
    said = flat(doorbell.run(*STATUS).stdout)
    assert "waiting 3+: 3 failed before, 0 not tried yet (of the first 3 pending deliveries" in said
    listed = doorbell.run("deliveries", "list", "--tenant", "acme", "--state", "failing")
    assert "It stopped after 3 pending deliveries of the stack and found 3." in listed.stderr
    assert doorbell.json(*STATUS)["pending"]["complete"] is False


def test_it_looks_again_and_again_where_that_is_asked_for(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = iter(range(2))

    def sleep(seconds: float) -> None:
        if next(looks, None) is None:
            raise KeyboardInterrupt

    monkeypatch.setattr("doorbell_cli.commands.operations.status.time.sleep", sleep)
    result = doorbell.run(*STATUS, "--watch")
    assert (result.exit_code, result.stdout.count("state")) == (0, 3)


def test_failing_ones_are_listed_newest_failure_first_with_the_answer_and_the_next_attempt(
    doorbell: Doorbell,
) -> None:
    ids = [pending(doorbell, number, failures=1) for number in range(3)]
    pending(doorbell, 7)
    rows = doorbell.json("deliveries", "list", "--tenant", "acme", "--state", "failing")
    assert [row["event_id"] for row in rows] == ids[::-1]
    assert rows[0]["attempts"][-1]["response"] == "out of order 2"
    assert len(doorbell.json("deliveries", "list", "--tenant", "acme", "--state", "waiting")) == 4
    said = doorbell.run("deliveries", "list", "--tenant", "acme", "--state", "failing").stdout
    assert "its retry schedule" in said


def test_one_that_a_replay_delivered_says_so(doorbell: Doorbell) -> None:
    first, second = (doorbell.event(number, state="exhausted") for number in (1, 2))
    now = time.time()
    again = DeliveryKey(first, "billing", 1)
    doorbell.deliver(Delivery(again, "acme", State.PENDING, now, now, now + 900, int(now) + DAY), "delivered")
    rows = doorbell.json("deliveries", "list", "--tenant", "acme")
    assert {row["event_id"]: row["replay"] for row in rows} == {first: "delivered", second: None}
    assert rows[0]["status"] == 500
    assert "exhausted; replay 1: delivered" in doorbell.run("deliveries", "list", "--tenant", "acme").stdout


def test_delivered_ones_are_listed_newest_first(doorbell: Doorbell) -> None:
    doorbell.subscribe("other")
    old, new = doorbell.event(1, age=500), doorbell.event(2, age=50)
    doorbell.event(3, state="exhausted")
    rows = doorbell.json("deliveries", "list", "--tenant", "acme", "--state", "delivered")
    assert [row["event_id"] for row in rows] == [new, old]
    few = doorbell.run("deliveries", "list", "--tenant", "acme", "--state", "delivered", "--limit", "1")
    assert (new in few.stdout, old in few.stdout, "more than these 1" in few.stderr) == (True, False, True)


def test_the_next_attempt_is_the_soonest_not_that_of_who_failed_last_or_most(doorbell: Doorbell) -> None:
    now = time.time()
    often, soon = now + 8 * 3600, now + 300
    pending(doorbell, 9, failures=9, next_attempt_at=often, due_at=often)
    pending(doorbell, 1, failures=1, next_attempt_at=soon, due_at=soon)
    said = flat(doorbell.run(*STATUS).stdout)
    assert f"next attempt {clock(soon)}: its retry schedule" in said
    assert "its retry schedule; 1 of 10 attempts used" in said
    assert "last error 500 'out of order 9'" in said


@pytest.mark.parametrize("fields", [{"enabled": False}, None])
def test_where_nothing_is_sent_any_more_no_next_attempt_is_promised(
    doorbell: Doorbell, fields: dict[str, Any] | None
) -> None:
    pending(doorbell, 1, failures=1, to="off")
    if fields is not None:
        doorbell.subscribe("off", **fields)
    said = flat(doorbell.run("status", "acme/off").stdout)
    assert "next attempt none: what waits is cancelled as it comes up" in said


def test_what_a_pause_holds_is_tried_once_it_is_resumed(doorbell: Doorbell) -> None:
    doorbell.subscribe("billing", paused=True)
    held(doorbell, pending(doorbell, 1, failures=1), paused_at=time.time())
    said = flat(doorbell.run(*STATUS).stdout)
    assert "next attempt once resumed: the subscription is paused; 1 of 10 attempts used" in said


def test_nobody_has_lost_what_a_test_sent(doorbell: Doorbell) -> None:
    now = time.time()
    for number, reason in enumerate((TEST_OVER, "gone")):
        key = DeliveryKey(f"evt_t{number}", "billing")
        made = Delivery(key, "acme", State.PENDING, now, now, now + 900, int(now) + DAY)
        doorbell.deliver(made, "cancelled", reason)
    of_one, (of_all,) = doorbell.json(*STATUS), doorbell.json("status", "--tenant", "acme")
    for told in (of_one["lost"], of_all["lost"]):
        assert (told["count"], [one["reason"] for one in told["by_reason"]]) == (1, ["gone"])
    assert len(doorbell.json("deliveries", "list", "--tenant", "acme", "--state", "cancelled")) == 2
