"""What was counted is written once for a batch, refusals once a minute and source; nothing hangs on it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from doorbell.domain.clocks import Clocks
from doorbell.domain.outbound import Outcome
from doorbell.domain.rollups import BUCKET_SECONDS, Counts, Holder, Kind, bucket_at
from doorbell.usecases.count_refused import AT_ONCE, EVERY_SECONDS, CountRefused
from doorbell.usecases.tally import Tally
from doorbell.usecases.write_rollups import PAUSE_SECONDS, WriteRollups
from tests.support import fakes
from tests.support.builders import TENANT, a_source, a_subscription, an_incoming
from tests.unit.usecases.world import World

FINE = Outcome(204, None, "", None, "", 120)


@dataclass
class Shelf:
    """The table of roll-ups."""

    broken: Exception | None = None
    asked: int = 0
    written: list[tuple[str, int, dict[str, int]]] = field(default_factory=list)

    def add(self, holder: Holder, at: int, counts: Counts) -> None:
        self.asked += 1
        if self.broken is not None:
            raise self.broken
        self.written.append((holder.key, at, dict(counts)))


class Environment:
    def __init__(self, broken: Exception | None = None) -> None:
        self.shelf, self.tally, self.clock = Shelf(broken), Tally(), fakes.FakeClock()
        self.metrics, self.log = fakes.RecordingMetrics(), fakes.RecordingLog()
        clocks = Clocks(self.clock, self.clock)
        self.write = WriteRollups(self.tally, self.shelf, self.metrics, self.log, clocks=clocks)
        self.count_refused = CountRefused(self.tally, self.write, clocks)

    def refuse(self, source_id: str = "github", code: str = "signature_mismatch") -> None:
        self.count_refused(a_source(source_id=source_id), code, self.clock())


def test_ten_deliveries_of_one_endpoint_are_one_write_and_the_next_batch_is_another() -> None:
    here, world = Environment(), World()
    world.tally = here.tally
    for batch in range(2):
        for number in range(10):
            world.sender.outcomes.append(FINE)
            world.deliver(world.with_pending(a_subscription(), event_id=f"evt_{batch}_{number}"))
        here.write()
    assert [(key, counts["delivered"]) for key, _, counts in here.shelf.written] == [
        (f"subscription#{TENANT}/sub_1", 10)
    ] * 2


def test_ten_events_of_one_source_are_one_write() -> None:
    here, world = Environment(), World()
    world.tally = here.tally
    for number in range(10):
        world.fan_out(replace(an_incoming(ingest_id=f"ing_{number}"), event_id=f"evt_{number}"))
    here.write()
    assert [counts for _, _, counts in here.shelf.written] == [{"accepted": 10}]


def test_a_batch_over_the_end_of_five_minutes_is_two_writes() -> None:
    here = Environment()
    end = bucket_at(here.clock()) + BUCKET_SECONDS
    for at in (end - 0.5, end):
        here.tally.accepted(TENANT, "github", at)
    here.write()
    assert [at for _, at, _ in here.shelf.written] == [end - BUCKET_SECONDS, end]


def test_a_batch_that_counted_nothing_writes_nothing() -> None:
    here = Environment()
    here.write()
    assert (here.shelf.asked, here.metrics.counts) == (0, {})


@pytest.mark.parametrize("fault", [fakes.unavailable(), ValueError("what a body says")])
def test_a_write_that_fails_raises_nothing_is_told_by_its_kind_and_the_store_is_left_alone_for_a_minute(
    fault: Exception,
) -> None:
    here = Environment(fault)
    for _ in range(3):
        here.tally.accepted(TENANT, "github", here.clock())
        here.write()
    assert (here.shelf.asked, here.log.messages("error")) == (1, ["rollup_lost"])
    assert "what a body says" not in str(here.log.lines)
    assert here.metrics.counts["RollupsLost"] == 3
    here.shelf.broken = None
    here.clock.advance(PAUSE_SECONDS)
    here.tally.accepted(TENANT, "github", here.clock())
    here.write()
    assert [counts for _, _, counts in here.shelf.written] == [{"accepted": 1}]


def test_where_nothing_is_to_be_counted_nothing_is_kept_in_memory() -> None:
    tally = Tally(is_on=False)
    tally.accepted(TENANT, "github", 0)
    assert tally.taken() == {}


def test_the_first_refusal_of_a_source_is_written_at_once_and_the_next_with_one_a_minute_later() -> None:
    here = Environment()
    for _ in range(6):
        here.refuse()
        here.clock.advance(EVERY_SECONDS / 5)
    assert [counts for _, _, counts in here.shelf.written] == [
        {"refused.signature_mismatch": 1},
        {"refused.signature_mismatch": 5},
    ]


def test_a_flood_of_refusals_is_one_write_a_minute_with_every_reason_in_it() -> None:
    here = Environment()
    for number in range(1200):
        here.refuse(code="signature_mismatch" if number % 3 else "timestamp_missing")
        here.clock.advance(0.1)
    assert here.shelf.asked == 2
    here.clock.advance(EVERY_SECONDS)
    here.refuse()
    totals = [sum(counts.values()) for _, _, counts in here.shelf.written]
    assert sum(totals) == 1201
    assert set(here.shelf.written[1][2]) == {"refused.signature_mismatch", "refused.timestamp_missing"}


def test_a_flood_at_one_source_delays_no_count_of_another_and_any_refusal_brings_on_what_is_due() -> None:
    here = Environment()
    here.refuse("noisy")
    here.refuse("quiet")
    here.refuse("quiet")
    here.clock.advance(EVERY_SECONDS)
    here.refuse("noisy")
    assert [(key.rpartition("/")[2], sum(counts.values())) for key, _, counts in here.shelf.written] == [
        ("noisy", 1), ("quiet", 1), ("quiet", 1), ("noisy", 1),
    ]  # fmt: skip


def test_one_refusal_waits_for_a_few_writes_at_most_however_many_sources_are_due() -> None:
    here = Environment()
    for _ in range(2):
        for number in range(20):
            here.refuse(f"source-{number}")
    before = here.shelf.asked
    here.clock.advance(EVERY_SECONDS)
    here.refuse("source-0")
    assert here.shelf.asked - before == AT_ONCE


def test_what_accepting_and_refusing_count_of_one_source_is_one_holder_s() -> None:
    here = Environment()
    here.refuse()
    here.tally.accepted(TENANT, "github", here.clock())
    here.write()
    assert {key for key, _, _ in here.shelf.written} == {Holder(Kind.SOURCE, TENANT, "github").key}
