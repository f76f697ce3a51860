"""Replay of many: each missed delivery once, spaced by the rate, never twice however often it breaks off."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import pytest

from doorbell.domain.deliveries import Delivery, DeliveryKey
from doorbell.domain.errors import Refusal
from doorbell.domain.log import Missed
from doorbell.domain.replays import UNMATCHED, Cursor, Kept, MissedPage, ReplayJob, Selection, next_key
from doorbell.usecases.replay_many import ReplayMany
from tests.support.fakes import START, FakeClock

SELECTION = Selection("acme", "sub", START - 3600, START)


class Crash(BaseException):
    """The command is killed here."""


class Store:
    """What was missed, in pages of `size`, and the deliveries on record. `die_at` kills the n-th put."""

    def __init__(self, count: int, size: int = 4) -> None:
        self.rows = [missed(n) for n in range(count)]
        self.size = size
        self.known = {row.key: Kept(row.state, int(START) + 86_400, None) for row in self.rows}
        self.made: list[Delivery] = []
        self.saved: ReplayJob | None = None
        self.die_at: int | None = None

    def page(self, selection: Selection, after: Cursor | None, limit: int) -> MissedPage:
        start = 0 if after is None else int(after["at"])
        end = start + self.size
        return MissedPage(tuple(self.rows[start:end]), {"at": end} if end < len(self.rows) else None)

    def kept(self, keys: Sequence[DeliveryKey]) -> Mapping[DeliveryKey, Kept]:
        return {key: self.known[key] for key in keys if key in self.known}

    def create(self, deliveries: Sequence[Delivery], job_id: str) -> Sequence[Kept | None]:
        return [self._create(delivery, job_id) for delivery in deliveries]

    def _create(self, delivery: Delivery, job_id: str) -> Kept | None:
        if delivery.key in self.known:
            return self.known[delivery.key]
        if self.die_at is not None and len(self.made) == self.die_at:
            raise Crash
        self.known[delivery.key] = Kept("pending", delivery.expires_at, job_id)
        self.made.append(delivery)
        return None

    def save(self, job: ReplayJob) -> bool:
        if job.version != (self.saved.version if self.saved else 0) + 1:
            return False
        self.saved = job
        return True


class Matching(NamedTuple):
    """What would match, in one page."""

    found: MissedPage

    def page(self, selection: Selection, after: Cursor | None, limit: int) -> MissedPage:
        return self.found


def missed(number: int, state: str = "exhausted") -> Missed:
    key = DeliveryKey(f"evt_{number}", "sub")
    return Missed(key, "acme", START - 60, state, "schedule")


def a_job(per_second: float = 2.0) -> ReplayJob:
    return ReplayJob("job1", SELECTION, per_second, started_at=START)


def run(store: Store, job: ReplayJob, now: float = START) -> ReplayJob:
    for done in ReplayMany(store, store, FakeClock(now)).run(job):
        job = done
    return job


def test_every_missed_delivery_is_made_again_once_as_the_next_generation() -> None:
    store = Store(10)
    done = run(store, a_job())
    assert [d.key for d in store.made] == [DeliveryKey(f"evt_{n}", "sub", 1) for n in range(10)]
    assert (done.created, done.finished_at) == (10, START)


def test_the_slots_are_spaced_by_the_rate_and_are_what_the_sweeper_waits_for() -> None:
    store = Store(10)
    run(store, a_job(per_second=2.0))
    assert [d.due_at for d in store.made] == [START + n / 2 for n in range(10)]
    assert all(d.next_attempt_at == d.due_at for d in store.made)


@pytest.mark.parametrize("die_at", range(10))
def test_a_job_that_was_killed_at_any_put_is_finished_by_the_next_run_and_none_is_made_twice(
    die_at: int,
) -> None:
    store = Store(10)
    store.die_at = die_at
    with pytest.raises(Crash):
        run(store, a_job())
    store.die_at = None
    assert store.saved is not None
    done = run(store, store.saved)
    assert len(store.made) == len({d.key for d in store.made}) == 10
    assert done.created == 10


def test_a_job_taken_up_later_does_not_make_up_for_the_slots_that_went_by() -> None:
    store = Store(8)
    store.die_at = 4
    with pytest.raises(Crash):
        run(store, a_job(per_second=1.0))
    store.die_at, later = None, START + 3600
    assert store.saved is not None
    run(store, store.saved, now=later)
    assert [d.due_at for d in store.made[4:]] == [later + n for n in range(4)]


def test_a_second_run_at_the_same_time_is_refused() -> None:
    store = Store(10)
    first = ReplayMany(store, store, FakeClock()).run(a_job())
    next(first)
    assert store.saved is not None
    stale = replace(store.saved, version=store.saved.version - 1)
    with pytest.raises(Refusal, match="job_taken"):
        run(store, stale)


def test_what_was_replayed_by_somebody_else_is_skipped_and_said() -> None:
    store = Store(3)
    store.known[next_key(store.rows[1])] = Kept("delivered", int(START) + 86_400, None)
    done = run(store, a_job())
    assert [d.key.event_id for d in store.made] == ["evt_0", "evt_2"]
    assert (done.created, dict(done.skipped)) == (2, {"replayed_already": 1})


def test_what_has_expired_is_skipped_and_said() -> None:
    store = Store(2)
    store.known[store.rows[0].key] = Kept("exhausted", int(START) - 1, None)
    assert dict(run(store, a_job()).skipped) == {"expired": 1}
    assert len(store.made) == 1


def test_a_test_that_failed_was_missed_by_nobody() -> None:
    """Its data is made up: sent again it would be an order that nobody placed."""
    store = Store(2)
    store.rows[0] = replace(missed(0, "cancelled"), reason="test_over")
    done = run(store, a_job())
    assert [d.key.event_id for d in store.made] == ["evt_1"]
    assert dict(done.skipped) == {"test_over": 1}


def test_an_event_whose_type_is_called_so_is_no_test() -> None:
    """Of what would match the reason is the event's type."""
    row = replace(missed(0, UNMATCHED), reason="test_over")
    kept = Kept(UNMATCHED, int(START) + 86_400, None)
    store = Store(0)
    log = Matching(MissedPage((row,), None, events={row.key: kept}))
    done = ReplayMany(log, store, FakeClock()).page(
        replace(a_job(), selection=replace(SELECTION, states=(UNMATCHED,)))
    )
    assert (done.created, dict(done.skipped)) == (1, {})


def test_only_the_chosen_states_are_replayed() -> None:
    store = Store(2)
    store.rows[0] = missed(0, "cancelled")
    run(store, replace(a_job(), selection=replace(SELECTION, states=("cancelled",))))
    assert [d.key.event_id for d in store.made] == ["evt_0"]


def test_an_estimate_writes_nothing_and_counts_what_a_run_would_make() -> None:
    store = Store(10)
    store.known[next_key(store.rows[0])] = Kept("pending", int(START) + 86_400, "other")
    estimate = ReplayMany(store, store, FakeClock()).estimate(SELECTION)
    assert (estimate.count, dict(estimate.skipped)) == (9, {"replayed_already": 1})
    assert (store.made, store.saved) == ([], None)
