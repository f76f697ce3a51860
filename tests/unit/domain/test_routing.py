"""The routing record: who is on it, what it counts, and what older and newer code make of it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.matching import Match, Reason
from doorbell.domain.routing import NAMED_NEAR_MISSES, RoutingPage

NEAR = (Reason.FILTER, Reason.FILTER_ERROR)

reasons = st.sampled_from(Reason)
names = st.lists(st.text("abcdef", min_size=1, max_size=6), max_size=120, unique=True).map(sorted)


@st.composite
def looked_at(draw: st.DrawFn) -> list[Match]:
    return [Match(name, draw(reasons), draw(st.text(max_size=5))) for name in draw(names)]


@given(looked_at(), st.none() | st.text(max_size=20))
def test_a_record_names_all_that_matched_some_near_misses_and_counts_all_of_them(
    found: list[Match], after: str | None
) -> None:
    page = RoutingPage.of(found, after)
    assert page.matched == tuple(one.subscription_id for one in found if one.matched)
    near = [one for one in found if one.reason in NEAR]
    assert page.near_misses == tuple(near[:NAMED_NEAR_MISSES])
    assert set(page.matches) == {m for m in found if m.matched} | set(page.near_misses)
    assert (page.filtered, page.failed) == tuple(sum(m.reason is one for m in near) for one in NEAR)
    assert page.after == after


def test_of_many_near_misses_the_first_are_named_and_whoever_matched_behind_them() -> None:
    missed = [Match(f"s{n:03}", NEAR[n % 2], "") for n in range(3 * NAMED_NEAR_MISSES)]
    late = Match("z", Reason.MATCHED, "")
    page = RoutingPage.of([*missed, late], None)
    assert page.matches == (*missed[:NAMED_NEAR_MISSES], late)
    assert page.filtered + page.failed == len(missed)


@given(looked_at(), st.none() | st.text(max_size=20))
def test_a_record_survives_its_json(found: list[Match], after: str | None) -> None:
    page = RoutingPage.of(found, after)
    assert RoutingPage.from_json(page.to_json()) == page


@given(looked_at(), st.integers(0, 120))
def test_a_record_in_pieces_is_the_same_record(found: list[Match], at: int) -> None:
    last = found[at - 1].subscription_id if 0 < at <= len(found) else None
    pieces = RoutingPage.of(found[:at], last), RoutingPage.of(found[at:], None)
    assert pieces[0].followed_by(pieces[1]) == RoutingPage.of(found, None)


def form_1(found: list[Match], after: str | None) -> dict[str, Any]:
    """As releases wrote it that named everybody."""
    return {"after": after, "matches": [[m.subscription_id, m.reason.value, m.detail] for m in found]}


@given(looked_at(), st.none() | st.text(max_size=20))
def test_a_record_of_form_1_stays_readable_with_everybody_in_it(
    found: list[Match], after: str | None
) -> None:
    page = RoutingPage.from_json(form_1(found, after))
    assert (page.matches, page.after) == (tuple(found), after)
    near = [one.reason for one in found if one.reason in NEAR]
    assert (page.filtered, page.failed) == (near.count(NEAR[0]), near.count(NEAR[1]))


@given(looked_at(), st.none() | st.text(max_size=20))
def test_who_knows_form_1_alone_goes_on_with_an_event_of_form_2(
    found: list[Match], after: str | None
) -> None:
    """So a release can be gone back from: that code reads `matches` and `after`, and nothing else."""
    page = RoutingPage.of(found, after)
    written = page.to_json()
    rows = [Match(row[0], Reason(row[1]), row[2]) for row in written["matches"]]
    assert [m.subscription_id for m in rows if m.matched] == list(page.matched)
    assert written["after"] == after


def test_a_thousand_who_do_not_concern_an_event_leave_no_trace_in_its_record() -> None:
    others = [
        Match(f"s{n:04}", (Reason.EVENT_TYPE, Reason.SOURCE, Reason.DISABLED)[n % 3]) for n in range(1000)
    ]
    one = Match("z", Reason.MATCHED)
    assert RoutingPage.of([*others, one], None) == RoutingPage.of([one], None)
