"""What is counted of deliveries and events: what is on record, once, at whoever it happened to."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorbell.domain.deliveries import State
from doorbell.domain.outbound import Outcome
from doorbell.domain.rollups import ANSWER, FAILED, HELD, LATENCY, Holder, Kind
from doorbell.domain.scales import BOUNDS_MS, bucket_of
from doorbell.domain.summaries import Rollup, added
from tests.support.builders import TENANT, a_subscription, an_incoming
from tests.unit.usecases.world import World

FINE = Outcome(204, None, "", None, "", 120)
SOURCE = Holder(Kind.SOURCE, TENANT, an_incoming().source_id)
SUBSCRIPTION = Holder(Kind.SUBSCRIPTION, TENANT, "sub_1")


def failed(status: int | None, error: str | None = None) -> Outcome:
    return Outcome(status, error, "", None, "", 900)


def counted(world: World, holder: Holder) -> Rollup:
    return added(
        0, [Rollup(0, counts) for (whose, _), counts in world.tally.taken().items() if whose == holder]
    )


def test_a_delivery_counts_with_its_latency_and_the_subscriber_s_own_time() -> None:
    world = World()
    message = world.with_pending(a_subscription())
    world.deliveries.items[message.key] = replace(world.delivery(message), received_at=world.clock() - 3)
    world.sender.outcomes.append(FINE)
    world.deliver(message)
    assert dict(counted(world, SUBSCRIPTION).counts) == {
        "delivered": 1, f"{LATENCY}{bucket_of(3)}": 1, f"{ANSWER}{bucket_of(0.12)}": 1,
    }  # fmt: skip
    assert BOUNDS_MS[bucket_of(0.12)] == 128


@pytest.mark.parametrize(
    ("outcome", "counts"),
    [
        (failed(500), {"failed.5xx": 1, f"{ANSWER}{bucket_of(0.9)}": 1}),
        (failed(429), {"failed.429": 1, f"{ANSWER}{bucket_of(0.9)}": 1}),
        (failed(301), {"failed.3xx": 1, f"{ANSWER}{bucket_of(0.9)}": 1}),
        (failed(410), {"failed.4xx": 1, f"{ANSWER}{bucket_of(0.9)}": 1, "cancelled": 1}),
        (failed(None, "timeout"), {"failed.timeout": 1}),
        (failed(None, "dns_failed"), {"failed.network": 1}),
        (failed(None, "secret_missing"), {"failed.doorbell": 1}),
        (failed(None, "address_not_allowed"), {"failed.address_not_allowed": 1}),
    ],
    ids=lambda value: str(value.status or value.error) if isinstance(value, Outcome) else "",
)
def test_a_failed_attempt_counts_by_its_class(outcome: Outcome, counts: dict[str, int]) -> None:
    world = World()
    message = world.with_pending(a_subscription())
    world.sender.outcomes.append(outcome)
    world.deliver(message)
    assert dict(counted(world, SUBSCRIPTION).counts) == counts


def test_who_is_held_back_counts_by_the_reason_and_as_no_attempt() -> None:
    world = World()
    subscription = a_subscription()
    for event_id in ("evt_1", "evt_2"):
        world.sender.outcomes.append(failed(503))
        world.deliver(world.with_pending(subscription, event_id=event_id))
    assert counted(world, SUBSCRIPTION).by(HELD) == {"parked": 1}
    assert len(world.sender.sent) == 1


def test_what_ends_without_an_attempt_counts_as_ended() -> None:
    world = World()
    message = world.with_pending(a_subscription(enabled=False))
    world.deliver(message)
    assert dict(counted(world, SUBSCRIPTION).counts) == {"cancelled": 1}


def test_an_outcome_that_did_not_get_on_record_is_not_counted() -> None:
    world = World()
    message = world.with_pending(a_subscription())
    world.deliveries.record = lambda *_: False  # type: ignore[method-assign]  # the claim was lost
    world.sender.outcomes.append(FINE)
    with pytest.raises(Exception, match="the claim had ended"):
        world.deliver(message)
    assert counted(world, SUBSCRIPTION).counts == {}


def test_an_event_counts_once_however_often_its_message_comes_and_a_duplicate_as_one() -> None:
    world = World()
    first = an_incoming(ingest_id="ing_1")
    for incoming in (first, first, an_incoming(ingest_id="ing_2")):
        world.fan_out(incoming)
    assert dict(counted(world, SOURCE).counts) == {"accepted": 1, "duplicates": 1}


def test_a_key_that_is_used_again_after_its_window_is_another_event() -> None:
    world = World()
    for number in range(3):
        incoming = an_incoming(ingest_id=f"ing_{number}", received_at=world.clock())
        world.fan_out(incoming)
        world.clock.advance(incoming.dedupe_window_seconds + 1)
    assert dict(counted(world, SOURCE).counts) == {"accepted": 3}


def test_an_event_counts_at_the_time_it_came_and_not_at_that_of_its_fan_out() -> None:
    world = World()
    world.fan_out(an_incoming(received_at=world.clock() - 3600))
    ((_, at),) = world.tally.taken()
    assert 3600 <= world.clock() - at < 3600 + 300


OUTCOMES = st.sampled_from([FINE, failed(500), failed(400), failed(None, "timeout"), failed(410)])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(OUTCOMES, min_size=1, max_size=3), min_size=1, max_size=6))
def test_the_roll_up_says_what_the_ledger_says(histories: list[list[Outcome]]) -> None:
    """Of workers that do not die: ends by state, and an attempt for each answer or failure on record."""
    world = World()
    for number, outcomes in enumerate(histories):
        message = world.with_pending(a_subscription(), event_id=f"evt_{number}")
        for outcome in outcomes:
            world.sender.outcomes[:] = [outcome]
            world.deliver(message)
            world.clock.advance(20 * 86_400)
            message = replace(message, attempt=world.delivery(message).next_attempt)
            if world.delivery(message).state is not State.PENDING:
                break
    found, ledger = counted(world, SUBSCRIPTION), list(world.deliveries.items.values())
    ends = Counter(one.state.value for one in ledger if one.state.terminal)
    assert {
        state.value: found[state.value] for state in State if state.terminal and found[state.value]
    } == ends
    attempts = [attempt for one in ledger for attempt in one.attempts]
    failures = [one for one in attempts if one.error or not 200 <= (one.status or 0) < 300]
    assert sum(found.by(FAILED).values()) == len(failures)
    answers = [name for name in found.counts if name[0] == ANSWER and name[1:].isdecimal()]
    assert sum(found[name] for name in answers) == sum(one.status is not None for one in attempts)
