"""Pause and resume from the command line: in numbers what they do to what waits, and until when."""

import time
from typing import Any

import pytest

from doorbell.store.dynamodb.tables import unmarshal
from tests.integration.ops.deployed import DAY, Doorbell
from tests.integration.ops.test_ops_status import flat, on_list, parked, pending
from tests.support.clocks import date, dates_from_now, noon

NAME = "acme/billing"


def item(doorbell: Doorbell) -> dict[str, Any]:
    key = {"tenant_id": {"S": "acme"}, "subscription_id": {"S": "billing"}}
    client = doorbell.target.client("dynamodb")
    return unmarshal(client.get_item(TableName="SubscriptionsTable", Key=key)["Item"])


def endpoint(doorbell: Doorbell) -> dict[str, Any]:
    client = doorbell.target.client("dynamodb")
    key = {"subscription_id": {"S": NAME}}
    return unmarshal(client.get_item(TableName="EndpointsTable", Key=key)["Item"])


def test_pause_says_how_many_wait_and_until_when_they_are_kept_and_pauses(doorbell: Doorbell) -> None:
    kept = noon(9)
    pending(doorbell, 1, failures=1, expires_at=kept)
    pending(doorbell, 2, expires_at=int(time.time()) + 20 * DAY)
    said = flat(doorbell.run("subscriptions", "pause", NAME).stderr)
    assert (
        "Deliveries that wait for it: 2 (1 of them failed before). They stay. What comes waits too." in said
    )
    assert f"no attempt is used up until {date(kept - DAY)}" in said
    assert item(doorbell)["paused"] is True
    assert item(doorbell)["paused_at"] == pytest.approx(time.time(), abs=60)


def test_where_nothing_waits_it_is_kept_as_long_as_an_event_that_comes_now(doorbell: Doorbell) -> None:
    done, dates = dates_from_now(29, lambda: doorbell.run("subscriptions", "pause", NAME))
    said = flat(done.stderr)
    assert "No delivery waits for it." in said
    assert any(f"until {one}" in said for one in dates)


def test_resume_says_how_many_go_out_how_fast_and_leaves_an_item_that_the_release_before_can_read(
    doorbell: Doorbell,
) -> None:
    before = item(doorbell)
    doorbell.run("subscriptions", "pause", NAME)
    for number in range(3):
        on_list(doorbell, number)
    wake = time.time() + 300
    doorbell.put(
        "EndpointsTable", {"subscription_id": NAME, "version": 3, "wake_at": wake, "wake_shard": "0"}
    )
    said = flat(doorbell.run("subscriptions", "resume", NAME).stderr)
    assert "Deliveries that wait for it: 3." in said
    assert "They go out within a minute, oldest first, at 50 a second" in said
    after = item(doorbell)
    del after["updated_at"]
    before.pop("updated_at", None)
    assert after == before
    assert (endpoint(doorbell)["wake_at"], endpoint(doorbell)["version"]) == (0, 4)


def test_resume_begins_the_days_of_nothing_but_failure_anew(doorbell: Doorbell) -> None:
    doorbell.run("subscriptions", "pause", NAME)
    parked(doorbell, 60)
    doorbell.run("subscriptions", "resume", NAME)
    assert "failing_since" not in endpoint(doorbell)
    assert endpoint(doorbell)["failures"] == 7


def test_resume_of_one_that_is_not_paused_says_so(doorbell: Doorbell) -> None:
    result = doorbell.run("subscriptions", "resume", NAME)
    assert (result.exit_code, "It is not paused." in result.stderr) == (0, True)


def test_paused_twice_it_is_paused_since_the_first_time(doorbell: Doorbell) -> None:
    doorbell.subscribe("billing", paused=True, paused_at=1000)
    doorbell.run("subscriptions", "pause", NAME)
    assert item(doorbell)["paused_at"] == 1000


def test_disable_asks_whether_a_pause_was_meant(doorbell: Doorbell) -> None:
    said = flat(doorbell.run("subscriptions", "disable", NAME).stderr)
    assert "Did you mean a pause? It keeps what waits and what comes: doorbell subscriptions pause" in said


def test_status_list_and_check_say_that_it_is_paused_and_until_when(doorbell: Doorbell) -> None:
    doorbell.run("subscriptions", "pause", NAME)
    on_list(doorbell, 1)
    key = doorbell.items("evt_p0001")["delivery#billing"]
    doorbell.put("EventsTable", {**unmarshal(key), "paused_at": time.time(), "expires_at": int(2e9) + DAY})
    parked(doorbell, -60, wake_at=time.time() + 300, wake_shard="0")
    said = flat(doorbell.run("status", NAME).stdout)
    assert "PAUSED since" in said
    assert "what waits is kept until 2033-05-18" in said
    assert "1 the subscription is paused" in said
    assert "once resumed sent out at 50 a second" in said
    told = doorbell.json("status", NAME)
    assert (told["paused"], told["kept_until"][:10], told["seen"]["held_by"]) == (
        True,
        "2033-05-18",
        {"paused": 1},
    )
    assert "PAUSED since" in flat(doorbell.run("subscriptions", "list").stdout)


def test_an_item_that_is_written_without_paused_stays_paused_and_says_so(doorbell: Doorbell) -> None:
    doorbell.run("subscriptions", "pause", NAME)
    since = item(doorbell)["paused_at"]
    said = flat(doorbell.run("subscriptions", "put", NAME, "--description", "another").stdout)
    assert "billing" in said
    assert (item(doorbell)["paused"], item(doorbell)["paused_at"]) == (True, since)


def test_a_broken_subscription_is_not_paused_as_nobody_would_look_at_what_waits(
    doorbell: Doorbell,
) -> None:
    doorbell.subscribe("billing", signing="no such form")
    result = doorbell.run("subscriptions", "pause", NAME)
    assert (result.exit_code, "signing" in result.stderr) == (1, True)
    assert "paused" not in item(doorbell)
