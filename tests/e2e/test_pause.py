"""A maintenance window, with `doorbell` alone: a subscriber is paused, forty events come, it is resumed."""

from __future__ import annotations

import pytest

from tests.e2e.terminal import Terminal
from tests.support.gateway import Gateway
from tests.support.subscribers import ok, subscriber

pytestmark = pytest.mark.e2e  # the first waits for the stack

WAIT = 90.0
"""Seconds until the test gives up."""
LOT = 20


def test_what_came_in_a_pause_goes_out_oldest_first_when_it_is_resumed_and_no_attempt_is_used_up(
    terminal: Terminal, gateway: Gateway
) -> None:
    with subscriber(ok) as serving:
        source = gateway.put_source()
        subscription = gateway.put_subscription(source, serving.url)
        name = f"t-{source}/{subscription}"
        terminal.run("subscriptions", "pause", name)
        older = lot_that_waits(gateway, source)
        assert "PAUSED since" in " ".join(terminal.run("status", name).split())
        newer = lot_that_waits(gateway, source)
        kept = [gateway.deliveries(event)[subscription] for event in older + newer]
        assert {(one["state"], len(one["attempts"])) for one in kept} == {("pending", 0)}
        assert serving.received == []

        terminal.run("subscriptions", "resume", name)
        gateway.sweep()
        serving.wait_for(2 * LOT, WAIT)
        for event in older + newer:
            delivery = gateway.wait_until_ended(event, 1, WAIT)[subscription]
            assert delivery["state"] == "delivered"
            assert [(one["number"], one["status"]) for one in delivery["attempts"]] == [(1, 204)]
        came = [one.headers["webhook-id"] for one in serving.received]
        assert sorted(came) == sorted(older + newer)
        assert {one.headers["doorbell-attempt"] for one in serving.received} == {"1"}
        assert is_older_first(came, older)
        standing = terminal.json("status", name)
        assert (standing["paused"], standing["pending"]["count"]) == (False, 0)


def lot_that_waits(gateway: Gateway, source: str) -> list[str]:
    """Events that came, in batches of ten, and wait on a list; their ids."""
    own = {"type": "order.paid", "tenant_id": f"t-{source}", "data": 1}
    answers = [gateway.signed("POST", "/events", [own] * 10) for _ in range(LOT // 10)]
    events = [str(one["event_id"]) for answer in answers for one in answer.json["results"]]
    gateway.wait_until(lambda: all(shelves(gateway, event) for event in events), WAIT)
    return events


def shelves(gateway: Gateway, event: str) -> list[str]:
    """The lists on which the event's deliveries wait."""
    found = gateway.deliveries(event).values()
    return [str(one["shelf"]) for one in found if str(one.get("shelf")).startswith("wait#")]


def is_older_first(came: list[str], older: list[str]) -> bool:
    """The list is sent out by its order, four a second. Workers side by side may overtake each other by a
    few; of those that go in any order it is so once in five hundred times."""
    return len(set(came[:LOT]) & set(older)) >= LOT * 3 // 4
