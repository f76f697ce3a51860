"""Which changes of an endpoint's health call for a look at its list, and which are told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from doorbell.domain.deliveries import Lease
from doorbell.domain.health import Health, hash_of
from doorbell.domain.outbound import Outcome
from doorbell.domain.wakes import LOOK_SECONDS, Wake, at_parking, at_recovery, in_pause
from doorbell.usecases.keep_health import KeepHealth
from doorbell.usecases.waiting import PARKINGS_TOLD, REACH_SECONDS
from tests.support import fakes
from tests.support.builders import a_delivery, a_subscription
from tests.support.fakes import START, answered
from tests.unit.usecases.test_looked import Filing

SUB = a_subscription()
CLAIMED = a_delivery(lease=Lease("l1", START + 30))


def calls(filing: Filing) -> list[int]:
    """The delays of the calls to look."""
    return [delay for _, delay in filing.queue.woken]


@pytest.mark.parametrize("parks", range(PARKINGS_TOLD + 2))
def test_the_first_parkings_in_a_row_have_a_call_of_their_own_and_the_later_ones_are_the_sweepers(
    parks: int,
) -> None:
    filing, wake = Filing(), Wake(START + 30)
    before = Health(parks=parks, wake=wake)
    filing.waiting.tell(SUB, before, replace(before, parks=parks + 1, parked_until=START + 30))
    assert calls(filing) == ([30] if parks < PARKINGS_TOLD else [])


@pytest.mark.parametrize(("pace", "looks"), [(None, [0]), (50.0, [])])
def test_a_recovery_calls_for_a_look_where_nobody_is_being_sent_out_yet(
    pace: float | None, looks: list[int]
) -> None:
    filing = Filing()
    before = Health(parks=9, parked_until=START - 1, wake=Wake(START, pace=pace))
    filing.waiting.tell(SUB, before, Health(wake=Wake(START, pace=pace)))
    assert calls(filing) == looks


@pytest.mark.parametrize(("wait", "looks"), [(REACH_SECONDS, [60]), (REACH_SECONDS + 1, [])])
def test_a_wake_that_is_further_off_than_the_sweeper_looks_ahead_has_no_message(
    wait: float, looks: list[int]
) -> None:
    filing = Filing(Health())
    before = Health(parks=0, wake=Wake(START))
    after = replace(before, parks=1, parked_until=START + wait, wake=Wake(START + wait))
    filing.waiting.tell(SUB, before, after)
    assert calls(filing) == looks


def test_who_opens_a_wake_calls_for_the_look_itself_when_indexes_have_caught_up() -> None:
    filing = Filing(Health())
    filing.waiting.awake(SUB, Health())
    assert calls(filing) == [2]
    assert filing.endpoints.health(SUB.endpoint_id).wake == Wake(START)
    filing.waiting.awake(SUB, filing.endpoints.health(SUB.endpoint_id))
    assert calls(filing) == [2], "one that is open is left"


def kept(seen: Health, there: Health, outcome: Outcome) -> tuple[Filing, list[str]]:
    filing, notices = Filing(there), fakes.RecordingNotices()
    keep = KeepHealth(
        filing.endpoints, filing.waiting, notices, filing.clock, fakes.RecordingMetrics()
    )  # fmt: skip
    keep(CLAIMED, SUB, seen, outcome)
    return filing, notices.kinds


def test_a_success_of_an_endpoint_that_was_failing_and_never_parked_is_no_recovery() -> None:
    failing = Health(failures=2, failing_since=START - 60)
    filing, told = kept(replace(failing, version=1), failing, answered(204))
    assert told == []
    assert filing.endpoints.health(SUB.endpoint_id).failures == 0


def test_who_loses_the_race_judges_anew_what_is_said_of_its_own_url_alone() -> None:
    """Meanwhile the subscription pointed elsewhere, where it had failed: that counts for nothing here."""
    elsewhere = Health(failures=4, failing_since=START - 60, url_hash=hash_of("https://elsewhere.example"))
    filing, told = kept(Health(version=7), elsewhere, answered(500))
    found = filing.endpoints.health(SUB.endpoint_id)
    assert (found.failures, found.parked_until, told) == (1, None, [])
    assert found.url_hash == hash_of(SUB.url)


def test_a_list_of_an_endpoint_that_is_parked_for_a_day_is_looked_at_every_five_minutes() -> None:
    """The subscription may have been changed by hand."""
    for wake in (None, Wake(START), Wake(START, pace=100.0)):
        assert at_parking(wake, START + 86_400, START).at == START + LOOK_SECONDS
        assert at_parking(wake, START + 30, START).at == START + 30


def test_a_pause_forgets_how_far_the_list_was_and_not_what_is_known_of_the_endpoint() -> None:
    """Nor that people were told: else they would be told at every look."""
    drained = Wake(START, cursor=START - 9, rest_at=START, pace=80.0, ceiling=90.0, told_at=START - 60)
    assert in_pause(drained, START) == Wake(START + LOOK_SECONDS, ceiling=90.0, told_at=START - 60)


def test_who_recovers_while_its_list_closes_has_it_open_again_at_once() -> None:
    assert at_recovery(Wake(START + 900, closing=True), START) == Wake(START)
    assert at_recovery(None, START) is None
