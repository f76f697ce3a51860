"""How an endpoint was: what was written down, made into spans without a gap."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.conditions import FOR_NOW, Changed, Condition, Record, Span, spans
from doorbell.domain.own_events import DISABLED, PARKED, RECOVERED

NOW, SINCE = 100_000.0, 100_000.0 - 86_400.0
T = NOW - 1000

HEALTHY, PAUSED, OFF, SICK = Condition.HEALTHY, Condition.PAUSED, Condition.DISABLED, Condition.PARKED


def test_where_nothing_is_on_record_it_was_healthy_throughout() -> None:
    assert spans(Record(), SINCE, NOW) == [Span(HEALTHY, SINCE, None)]


def test_an_outage_begins_with_its_cause_and_ends_where_it_recovered() -> None:
    record = Record(
        [Changed(T, PARKED, "503"), Changed(T + 60, PARKED, "timeout"), Changed(T + 90, RECOVERED)]
    )
    assert spans(record, SINCE, NOW) == [
        Span(HEALTHY, SINCE, T),
        Span(SICK, T, T + 90, "503"),
        Span(HEALTHY, T + 90, None),
    ]


def test_who_is_parked_still_is_so_until_now() -> None:
    record = Record([Changed(T, PARKED, "503")], parked=True)
    assert spans(record, SINCE, NOW)[-1] == Span(SICK, T, None, "503")


def test_a_parking_whose_end_was_lost_does_not_last() -> None:
    assert spans(Record([Changed(T, PARKED)]), SINCE, NOW)[-1] == Span(HEALTHY, T + 1, None)
    off = Record([Changed(T, PARKED)], off=[(T + 10, T + 20)])
    assert [one.condition for one in spans(off, SINCE, NOW)] == [HEALTHY, SICK, OFF, HEALTHY]


def test_what_began_before_all_that_is_kept_has_its_end() -> None:
    record = Record([Changed(T, RECOVERED)])
    assert spans(record, SINCE, NOW) == [Span(SICK, SINCE, T), Span(HEALTHY, T, None)]


def test_who_was_disabled_for_its_failures_is_not_parked_any_more() -> None:
    changes = [Changed(T, PARKED, "503"), Changed(T + 50, DISABLED)]
    record = Record(changes, off=[(T + 50, FOR_NOW)])
    assert [(one.condition, one.until) for one in spans(record, SINCE, NOW)] == [
        (HEALTHY, T), (SICK, T + 50), (OFF, None),
    ]  # fmt: skip


def test_off_goes_before_paused_and_paused_before_parked() -> None:
    record = Record(
        [Changed(T, PARKED, "503"), Changed(T + 400, RECOVERED)],
        off=[(T + 200, T + 300)],
        paused=[(T + 100, T + 350)],
    )
    assert [one.condition for one in spans(record, SINCE, NOW)] == [
        HEALTHY, SICK, PAUSED, OFF, PAUSED, SICK, HEALTHY,
    ]  # fmt: skip


times = st.floats(SINCE - 90_000, NOW + 10, allow_nan=False)
pairs = st.lists(st.tuples(times, st.one_of(times, st.just(FOR_NOW))), max_size=4)
changes = st.lists(st.builds(Changed, times, st.sampled_from([PARKED, RECOVERED, DISABLED])), max_size=6)


@given(changes, pairs, pairs, st.booleans())
def test_spans_have_no_gap_whatever_is_on_record(
    found: list[Changed], off: list[tuple[float, float]], paused: list[tuple[float, float]], parked: bool
) -> None:
    record = Record(sorted(found, key=lambda one: one.at), off, paused, parked)
    shown = spans(record, SINCE, NOW)
    assert shown[0].since == SINCE
    assert shown[-1].until is None
    assert [one.until for one in shown[:-1]] == [one.since for one in shown[1:]]


def test_a_recovery_that_was_written_twice_makes_no_parking_before_it() -> None:
    twice = (Changed(100.0, PARKED, "503"), Changed(110.0, RECOVERED), Changed(150.0, RECOVERED))
    found = [(span.condition, span.since) for span in spans(Record(changes=twice), 90.0, 200.0)]
    assert found == [("healthy", 90.0), ("parked", 100.0), ("healthy", 110.0)]
