"""Nobody is on a list without a wake, not even for the moment in which a worker may die."""

from __future__ import annotations

from dataclasses import replace

import pytest

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.deliveries import State
from doorbell.domain.errors import Unavailable
from doorbell.domain.health import Health, hash_of
from doorbell.domain.wakes import Wake
from tests.support.builders import a_subscription
from tests.support.fakes import START, answered, unavailable
from tests.unit.usecases.world import World, answering

WANTS = a_subscription()
PARKED = Health(failures=5, parked_until=START + 7200, parks=1, url_hash=hash_of(WANTS.url))


class Died(Exception):
    """Where the worker is killed."""


def filed_with(w: World, message: DeliveryMessage) -> list[Wake | None]:
    """The endpoint's wake at the moment at which the delivery is filed; the worker dies then."""
    seen: list[Wake | None] = []
    record = w.deliveries.record

    def dies(*given: object) -> bool:
        record(*given)  # type: ignore[arg-type]
        seen.append(w.health(WANTS).wake)
        raise Died

    w.deliveries.record = dies  # type: ignore[method-assign, assignment]
    with pytest.raises(Died):
        w.deliver(message)
    assert w.delivery(message).waits
    return seen


def test_the_attempt_that_parks_the_endpoint_has_set_the_wake_before_it_is_filed() -> None:
    w = answering(answered(503))
    (wake,) = filed_with(w, w.with_pending(WANTS))
    assert wake is not None


@pytest.mark.parametrize("wake", [None, Wake(START + 900, closing=True)], ids=["none", "one that closes"])
def test_who_is_held_by_a_parking_has_opened_the_wake_before_it_is_filed(wake: Wake | None) -> None:
    w = World()
    w.endpoints.states[WANTS.endpoint_id] = replace(PARKED, wake=wake)
    (opened,) = filed_with(w, w.with_pending(WANTS))
    assert opened is not None
    assert not opened.closing


def test_who_waits_for_a_pause_has_opened_the_wake_before_it_is_filed() -> None:
    w = World()
    (wake,) = filed_with(w, w.with_pending(a_subscription(paused=True)))
    assert wake is not None


def test_where_a_wake_is_open_nothing_more_is_written() -> None:
    w = World()
    w.endpoints.states[WANTS.endpoint_id] = replace(PARKED, wake=Wake(START + 300))
    w.deliver(w.with_pending(WANTS))
    assert w.endpoints.writes == 0


def test_where_no_wake_can_be_opened_the_attempt_is_on_record_and_waits_for_its_own_clock() -> None:
    """The message comes again, but the attempt was made: it must not be made once more for that."""
    w = answering(answered(503))
    message = w.with_pending(WANTS)

    def refuses(name: str, health: Health) -> bool:
        raise unavailable()

    w.endpoints.write_health = refuses  # type: ignore[method-assign, assignment]
    with pytest.raises(Unavailable):
        w.deliver(message)
    delivery = w.delivery(message)
    assert (delivery.state, delivery.attempts_made, delivery.waits) == (State.PENDING, 1, False)
    assert delivery.due_at is not None
    assert delivery.due_at < START + 3600


def test_a_failure_is_counted_once_where_its_attempt_is_filed() -> None:
    w = answering(answered(503))
    w.deliver(w.with_pending(WANTS))
    assert (w.health(WANTS).failures, w.health(WANTS).parks) == (1, 1)


def test_a_wake_that_went_while_somebody_was_filed_is_opened_again() -> None:
    """By a worker that slept for as long as a list takes to close."""
    w = World()
    w.endpoints.states[WANTS.endpoint_id] = replace(PARKED, wake=Wake(START + 300))
    record = w.deliveries.record

    def slept(*given: object) -> bool:
        w.endpoints.states[WANTS.endpoint_id] = replace(PARKED, wake=None)
        return record(*given)  # type: ignore[arg-type]

    w.deliveries.record = slept  # type: ignore[method-assign, assignment]
    w.deliver(w.with_pending(WANTS))
    assert w.health(WANTS).wake is not None


def test_who_is_held_by_a_parking_that_is_over_by_now_releases_itself() -> None:
    """Its list may have been emptied before it stood there."""
    w = World()
    parked = replace(PARKED, wake=Wake(START + 300))
    well = Health(version=1, wake=Wake(START))

    def health(name: str, *, fresh: bool = False) -> Health:
        return well if fresh else parked

    w.endpoints.health = health  # type: ignore[method-assign, assignment]
    message = w.with_pending(WANTS)
    w.deliver(message)
    assert [(one.key, one.release) for one, _ in w.queue.sent] == [(message.key, True)]
