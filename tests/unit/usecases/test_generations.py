"""A dedupe key that is used again after its window, and duplicates that bring another body."""

from __future__ import annotations

import pytest

from doorbell.domain.deliveries import State
from doorbell.domain.errors import Unavailable
from doorbell.domain.events import BodyAt
from doorbell.domain.records import Incoming
from doorbell.usecases.fan_out import INLINE_ITEM_BYTES
from tests.support import fakes
from tests.support.builders import a_subscription, an_incoming
from tests.support.fakes import START, Crash
from tests.unit.usecases.world import World

WINDOW = 3600
A_MONTH_OF_HOURS = 30 * 24 - 1
"""For one hour more the first use is kept."""


def world() -> World:
    return World(subscriptions=fakes.FakeSubscriptions(a_subscription("a")))


def use(number: int, seconds: float = 0.0, **changes: object) -> Incoming:
    """The request of use `number`, or one so long after it."""
    at = START + number * WINDOW + seconds
    ingest_id = f"ing_{number}" if seconds == 0 else f"ing_{number}_{seconds:g}"
    return an_incoming(**{"ingest_id": ingest_id, "received_at": at, **changes})  # type: ignore[arg-type]


def used(times: int) -> World:
    w = world()
    for number in range(times):
        w.fan_out(use(number))
        w.clock.advance(WINDOW)
    w.events.puts = w.events.pointer_reads = w.events.reads = 0
    return w


def costs(w: World) -> tuple[int, int, int]:
    return w.events.puts, w.events.pointer_reads, w.events.reads


def test_a_duplicate_after_a_month_of_uses_costs_one_put_and_one_read() -> None:
    w = used(A_MONTH_OF_HOURS)
    w.fan_out(use(A_MONTH_OF_HOURS - 1, seconds=10))
    assert costs(w) == (1, 1, 0)
    assert w.metrics.counts["Duplicates"] == 1
    assert len(w.events.items) == A_MONTH_OF_HOURS


def test_the_next_use_after_a_month_of_them_costs_one_read_and_one_put_more() -> None:
    w = used(A_MONTH_OF_HOURS)
    w.fan_out(use(A_MONTH_OF_HOURS))
    assert costs(w) == (2, 1, 0)
    assert f"evt_1_{A_MONTH_OF_HOURS}" in w.events.items


def test_the_ordinary_duplicate_costs_one_put_and_no_read() -> None:
    w = used(1)
    w.fan_out(use(0, seconds=10))
    assert costs(w) == (1, 0, 0)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("end", [Crash(), fakes.unavailable()], ids=["killed", "unavailable"])
def test_guarantee_2_a_use_whose_maker_died_at_the_pointer_is_served_when_it_comes_again(
    when: str, end: BaseException
) -> None:
    w = used(3)
    getattr(w.faults, when)["move_newest"] = [end]
    with pytest.raises((Crash, Unavailable)):
        w.fan_out(use(3))
    w.fan_out(use(3))
    assert [message.key.event_id for message, _ in w.queue.sent][-1] == "evt_1_3"
    assert len(w.events.items) == 4


def test_a_pointer_that_lags_is_moved_by_the_next_duplicate() -> None:
    w = used(3)
    w.faults.before["move_newest"] = [Crash()]
    with pytest.raises(Crash):
        w.fan_out(use(3))
    for seconds in (10, 20):
        w.events.puts = 0
        w.fan_out(use(3, seconds=seconds))
    assert w.events.puts == 1
    assert len(w.events.items) == 4


def test_guarantee_2_a_fan_out_that_goes_on_when_its_key_was_used_again_is_no_duplicate() -> None:
    """Its message waited in the dead-letter queue meanwhile."""
    w = used(2)
    w.faults.before["create"] = [Crash()]
    with pytest.raises(Crash):
        w.fan_out(use(2))
    for number in (3, 4, 5):
        w.fan_out(use(number))
    w.fan_out(use(2))
    assert "evt_1_2" in {message.key.event_id for message, _ in w.queue.sent}
    assert len(w.deliveries.items) == 6


def test_guarantee_3_a_late_duplicate_of_an_earlier_use_makes_no_event() -> None:
    w = used(5)
    for number in range(5):
        w.fan_out(use(number, seconds=10))
    assert len(w.events.items) == 5
    assert w.metrics.counts["Duplicates"] == 5


def test_guarantee_3_a_duplicate_of_any_use_makes_no_second_delivery() -> None:
    w = used(4)
    for message, _ in list(w.queue.sent):
        w.deliver(message)
    for seconds in (1, WINDOW - 1):
        w.fan_out(use(3, seconds=seconds))
    assert w.states() == [State.DELIVERED] * 4
    assert len(w.sender.sent) == 4


def told(w: World) -> list[dict[str, object]]:
    return [fields for level, message, fields in w.log.lines if message == "duplicate_with_another_body"]


@pytest.mark.parametrize("uses", [1, 4])
def test_a_duplicate_with_another_body_is_counted_and_told(uses: int) -> None:
    w = used(uses)
    w.fan_out(use(uses - 1, seconds=10, body=BodyAt(7, b'{"a":2}')))
    assert w.metrics.counts["DuplicatesWithAnotherBody"] == 1
    (line,) = told(w)
    assert (line["event_id"], line["source_id"]) == ("evt_1", "github-main")


@pytest.mark.parametrize("uses", [1, 4])
def test_a_duplicate_with_the_same_body_is_just_a_duplicate(uses: int) -> None:
    w = used(uses)
    w.fan_out(use(uses - 1, seconds=10))
    assert w.metrics.counts["Duplicates"] == 1
    assert "DuplicatesWithAnotherBody" not in w.metrics.counts
    assert told(w) == []


LARGE = b"x" * (INLINE_ITEM_BYTES + 1)


@pytest.mark.parametrize(
    ("first", "second", "differs"),
    [
        (LARGE, LARGE, False),
        (LARGE, LARGE[:-1] + b"y", True),
        (BodyAt(9, key="acme/1"), BodyAt(9, key="acme/2"), False),  # nobody has read either
        (BodyAt(9, key="acme/1"), BodyAt(8, key="acme/2"), True),
        (LARGE, BodyAt(len(LARGE) - 1, key="acme/2"), True),
    ],
)
def test_large_bodies_are_told_apart_by_size_and_by_digest_where_there_is_one(
    first: bytes | BodyAt, second: bytes | BodyAt, differs: bool
) -> None:
    w = world()
    w.fan_out(an_incoming(first))
    w.fan_out(an_incoming(second, ingest_id="ing_2"))
    assert len(told(w)) == differs
