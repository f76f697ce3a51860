"""An event whose key is made of something else than in the release before: the old key is asked too."""

from __future__ import annotations

import pytest

from doorbell.domain.errors import Unavailable
from tests.support import fakes
from tests.support.builders import a_stored_event, a_subscription, an_incoming
from tests.support.fakes import START, Crash
from tests.unit.usecases.world import World


def world() -> World:
    return World(subscriptions=fakes.FakeSubscriptions(a_subscription()))


def recorded_before(w: World, event_id: str = "evt_old", *, dedupe_until: float = START + 3600) -> None:
    old = an_incoming(event_id="evt_old", ingest_id="ing_0")
    w.events.items[event_id] = a_stored_event(old, event_id=event_id, dedupe_until=dedupe_until)


def test_guarantee_3_an_event_that_the_release_before_has_on_record_is_a_duplicate() -> None:
    w = world()
    recorded_before(w)
    w.fan_out(an_incoming(former_id="evt_old"))
    assert (w.queue.sent, list(w.events.items)) == ([], ["evt_old"])
    assert w.metrics.counts["Duplicates"] == 1


def test_guarantee_3_so_it_is_where_the_old_key_was_in_use_again() -> None:
    w = world()
    recorded_before(w, dedupe_until=START - 1)
    recorded_before(w, "evt_old_1")
    w.fan_out(an_incoming(former_id="evt_old"))
    assert w.queue.sent == []


@pytest.mark.parametrize("dedupe_until", [START, START - 1])
def test_when_the_old_keys_window_is_over_the_event_is_new(dedupe_until: float) -> None:
    w = world()
    recorded_before(w, dedupe_until=dedupe_until)
    w.fan_out(an_incoming(former_id="evt_old"))
    assert [message.key.event_id for message, _ in w.queue.sent] == ["evt_1"]


def test_an_event_that_nobody_knew_is_new() -> None:
    w = world()
    w.fan_out(an_incoming(former_id="evt_old"))
    assert [message.key.event_id for message, _ in w.queue.sent] == ["evt_1"]


def test_guarantee_2_a_fan_out_that_was_broken_off_goes_on_whatever_came_under_the_old_key_since() -> None:
    w = world()
    w.faults.before["create"] = [Crash()]
    with pytest.raises(Crash):
        w.fan_out(an_incoming(former_id="evt_old"))
    recorded_before(w)
    w.fan_out(an_incoming(former_id="evt_old"))
    assert [message.key.event_id for message, _ in w.queue.sent] == ["evt_1"]


def test_guarantee_2_where_the_old_key_cannot_be_asked_the_message_comes_again() -> None:
    w = world()
    w.faults.before["get_event"] = [fakes.unavailable()]
    with pytest.raises(Unavailable):
        w.fan_out(an_incoming(former_id="evt_old"))
    assert w.events.items == {}
