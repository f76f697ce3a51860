"""Places in flight and the line for them: a turn comes when a place is free."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.places import SLACK, UNKNOWN_STAY_SECONDS, WEIGHT, Places, Turn

NOW = 1_000_000.0
LEASE = 30.0


def held_since(*ages: float, stay: float | None = None, turn_at: float | None = None) -> Places:
    """Places that were taken so many seconds ago."""
    held = {f"l{n}": NOW - age + LEASE for n, age in enumerate(ages)}
    return Places(held, stay, turn_at)


def test_as_many_as_there_are_places_are_in() -> None:
    assert held_since(1).admits("new", 2, NOW, in_turn=False)
    assert not held_since(1, 2).admits("new", 2, NOW, in_turn=True)
    assert held_since(1, 2).admits("l1", 2, NOW, in_turn=False), "it is in already"
    assert held_since(1, LEASE + 1).admits("new", 2, NOW, in_turn=False), "a dead worker's place is free"


@pytest.mark.parametrize(("taken", "passes"), [(0, True), (2, True), (3, False), (4, False)])
def test_whoever_has_not_waited_lets_the_line_pass_unless_more_than_half_the_places_are_idle(
    taken: int, passes: bool
) -> None:
    places = held_since(*[1.0] * taken, turn_at=NOW + 9)
    assert places.admits("new", 5, NOW, in_turn=False) is passes
    assert places.admits("new", 5, NOW, in_turn=True)


def test_a_line_whose_last_turn_has_passed_is_none() -> None:
    assert held_since(1, turn_at=NOW).admits("new", 2, NOW, in_turn=False)


def test_the_first_turn_is_when_the_place_taken_first_is_left_and_the_line_moves_as_places_do() -> None:
    assert held_since(8, 6, 4, 2, 0, stay=10).next_turn(5, LEASE, NOW) == Turn(NOW + 2, 10 / 5 * SLACK)


def test_where_nobody_knows_how_long_a_place_is_held_those_held_now_tell_it() -> None:
    assert held_since(0, 0).next_turn(2, LEASE, NOW) == Turn(NOW + 1, UNKNOWN_STAY_SECONDS / 2 * SLACK)
    assert held_since(8, 8).next_turn(2, LEASE, NOW) == Turn(NOW + 1, 8 / 2 * SLACK)
    assert held_since(8, 8, stay=0.1).next_turn(2, LEASE, NOW).step == 8 / 2 * SLACK, "it has grown slow"


def test_one_dead_worker_does_not_slow_the_line_down() -> None:
    assert held_since(29, 0.1, 0.1, stay=0.2).next_turn(3, LEASE, NOW).step == pytest.approx(0.2 / 3 * SLACK)


@given(st.floats(0.01, 30), st.floats(0.01, 30))
def test_what_is_known_follows_what_is_seen(known: float, seen: float) -> None:
    assert held_since().after(seen) == seen
    after = held_since(stay=known).after(seen)
    assert min(known, seen) - 1e-9 <= after <= max(known, seen) + 1e-9
    assert abs(after - known) == pytest.approx(WEIGHT * abs(seen - known), abs=1e-9)


@given(
    st.lists(st.floats(0, LEASE), max_size=8),
    st.none() | st.floats(0.001, 30),
    st.integers(1, 20),
)
def test_a_turn_is_a_second_away_at_least_and_the_line_always_grows(
    ages: list[float], stay: float | None, limit: int
) -> None:
    turn = held_since(*ages, stay=stay).next_turn(limit, LEASE, NOW)
    assert turn.at_least >= NOW + 1
    assert turn.step > 0
