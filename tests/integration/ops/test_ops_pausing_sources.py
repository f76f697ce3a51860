"""Pause and resume of a source from the command line."""

from __future__ import annotations

import time
from typing import Any

import pytest

from doorbell.domain.shelves import shelf_of
from doorbell.store.deliveries.delivery_items import parse_key
from doorbell.store.dynamodb.tables import marshal, unmarshal
from tests.integration.ops.deployed import DAY, Doorbell
from tests.integration.ops.test_ops_status import flat, on_list
from tests.support.clocks import date, dates_from_now, noon

LIST, KEPT = "acme/source#gh", noon(9)


@pytest.fixture
def doorbell(doorbell: Doorbell) -> Doorbell:
    item = {"source_id": "gh", "provider": "github", "tenant_id": "acme", "secrets": ["ssm:/doorbell/gh"]}
    doorbell.put("SourcesTable", item)
    return doorbell


def item(doorbell: Doorbell) -> dict[str, Any]:
    client = doorbell.target.client("dynamodb")
    return unmarshal(client.get_item(TableName="SourcesTable", Key=marshal({"source_id": "gh"}))["Item"])


def held(doorbell: Doorbell, number: int) -> None:
    """A delivery that waits for the source."""
    on_list(doorbell, number)
    event_id = f"evt_p{number:04d}"
    there = unmarshal(doorbell.items(event_id)["delivery#billing"])
    shelf = shelf_of(LIST, parse_key(event_id, "delivery#billing"))
    doorbell.put("EventsTable", {**there, "shelf": shelf, "paused_at": time.time(), "expires_at": KEPT})


def test_pause_says_what_waits_and_until_when_and_pauses(doorbell: Doorbell) -> None:
    done, dates = dates_from_now(29, lambda: doorbell.run("sources", "pause", "gh"))
    said = flat(done.stderr)
    assert "No delivery waits for it. It takes events in as before" in said
    assert any(f"until {one}" in said for one in dates)
    assert item(doorbell)["paused"] is True
    assert item(doorbell)["paused_at"] == pytest.approx(time.time(), abs=60)


def test_resume_says_how_many_go_out_and_leaves_an_item_that_the_release_before_can_read(
    doorbell: Doorbell,
) -> None:
    before = item(doorbell)
    doorbell.run("sources", "pause", "gh")
    for number in range(3):
        held(doorbell, number)
    wake = {"wake_at": time.time() + 300, "wake_shard": "0"}
    doorbell.put("EndpointsTable", {"subscription_id": LIST, "version": 3, **wake})
    again = flat(doorbell.run("sources", "pause", "gh").stderr)
    assert f"until {date(KEPT - DAY)}" in again
    said = flat(doorbell.run("sources", "resume", "gh").stderr)
    assert "Deliveries that wait for it: 3. They go out within a minute, oldest first" in said
    after = item(doorbell)
    del after["updated_at"]
    assert after == before
    client = doorbell.target.client("dynamodb")
    key = marshal({"subscription_id": LIST})
    woken = unmarshal(client.get_item(TableName="EndpointsTable", Key=key)["Item"])
    assert (woken["wake_at"], woken["version"]) == (0, 4)


def test_resume_of_one_that_is_not_paused_says_so(doorbell: Doorbell) -> None:
    result = doorbell.run("sources", "resume", "gh")
    assert (result.exit_code, "It is not paused." in result.stderr) == (0, True)


def test_list_says_that_it_is_paused_and_status_why_a_subscription_waits(
    doorbell: Doorbell,
) -> None:
    doorbell.run("sources", "pause", "gh")
    held(doorbell, 1)
    assert "PAUSED since" in flat(doorbell.run("sources", "list").stdout)
    assert 'its source "gh" is paused' in flat(doorbell.run("status", "acme/billing").stdout)


def test_disable_says_what_becomes_of_requests_and_enable_where_those_are(doorbell: Doorbell) -> None:
    off = flat(doorbell.run("sources", "disable", "gh").stderr).strip()
    assert "It answers 403 to every request from then on." in off
    assert off.endswith("doorbell sources pause gh")
    assert item(doorbell)["enabled"] is False
    on = flat(doorbell.run("sources", "enable", "gh").stderr).strip()
    assert "It takes requests in again." in on
    assert on.endswith("doorbell refused list gh")
    assert "paused" not in on
    assert item(doorbell).get("enabled", True) is True


def test_enable_says_of_a_source_that_is_paused_that_its_events_go_on_waiting(doorbell: Doorbell) -> None:
    for action in ("pause", "disable"):
        doorbell.run("sources", action, "gh")
    assert "It is paused" in doorbell.run("sources", "enable", "gh").stderr
