"""A maintenance window behind one provider, with `doorbell` alone: its source is paused, twenty events come,
it is resumed."""

from __future__ import annotations

import pytest

from tests.e2e.terminal import Terminal
from tests.support.gateway import Gateway
from tests.support.subscribers import ok, subscriber

pytestmark = pytest.mark.e2e  # the first waits for the stack

WAIT = 90.0
"""Seconds until the test gives up."""
LOT = 20


def test_what_a_paused_source_rang_for_goes_out_when_it_is_resumed_and_no_attempt_is_used_up(
    terminal: Terminal, gateway: Gateway
) -> None:
    with subscriber(ok) as serving:
        source = gateway.put_source()
        subscription = gateway.put_subscription(source, serving.url)
        name = f"t-{source}/{subscription}"
        terminal.run("sources", "pause", source)
        events = lot_that_waits(gateway, source)
        terminal.run("sources", "pause", source)  # again: of one second, any goes first; this takes seconds
        events += lot_that_waits(gateway, source)
        kept = [gateway.deliveries(event)[subscription] for event in events]
        assert {(one["state"], len(one["attempts"])) for one in kept} == {("pending", 0)}
        assert serving.received == []
        assert "is paused" in " ".join(terminal.run("status", name).split())
        assert "PAUSED since" in " ".join(terminal.run("sources", "list").split())

        terminal.run("sources", "resume", source)
        with gateway.one_batch_at_a_time("dispatcher"):
            gateway.sweep()
            serving.wait_for(LOT, WAIT)
        for event in events:
            delivery = gateway.wait_until_ended(event, 1, WAIT)[subscription]
            assert delivery["state"] == "delivered"
            assert [(one["number"], one["status"]) for one in delivery["attempts"]] == [(1, 204)]
        came = [one.headers["webhook-id"] for one in serving.received]
        assert sorted(came) == sorted(events)
        half = LOT // 2
        assert len(set(came[:half]) & set(events[:half])) >= half * 3 // 4


def lot_that_waits(gateway: Gateway, source: str) -> list[str]:
    events = [gateway.push(source).event_id for _ in range(LOT // 2)]
    gateway.wait_until(lambda: all(shelves(gateway, event) for event in events), WAIT)
    return events


def shelves(gateway: Gateway, event: str) -> list[str]:
    """The lists on which the event's deliveries wait."""
    found = gateway.deliveries(event).values()
    return [str(one["shelf"]) for one in found if str(one.get("shelf")).startswith("wait#")]
