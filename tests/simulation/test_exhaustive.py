"""Every side effect, found by running: each kind of fault at each, and two deaths at each pair."""

import pytest

from tests.simulation.exhaust import KILLS, STORIES, exhaust
from tests.simulation.faults import Fault

PAIRED = (
    "delivered at once",
    "delivered at the second attempt",
    "delivered by the sweeper after an hour",
    "given up",
    "gone",
    "parked, filed, released",
    "rung twice, replayed",
)
"""The shorter ones; `python -m tests.simulation --exhaustive` pairs every fault with every other in all."""


@pytest.mark.long
@pytest.mark.parametrize("name", STORIES)
def test_any_fault_at_any_side_effect_loses_nothing(name: str) -> None:
    found = exhaust(STORIES[name], tuple(Fault), pairs=False)
    print(f"\n{name}: {found.effects} side effects, {found.runs} runs, {found.duplicates} duplicate sends")
    assert found.runs == found.effects * len(Fault)
    assert found.broken == {}


@pytest.mark.long
@pytest.mark.parametrize("name", PAIRED)
def test_two_deaths_at_any_two_side_effects_lose_nothing(name: str) -> None:
    found = exhaust(STORIES[name], KILLS, pairs=True)
    print(f"\n{name}: {found.effects} side effects, {found.runs} runs, {found.duplicates} duplicate sends")
    assert found.runs > found.told_apart**2
    assert found.broken == {}


def test_the_stories_pass_through_every_kind_of_side_effect() -> None:
    sites = {site for story in STORIES.values() for site in exhaust(story, (), pairs=False).sites}
    for part in ("SendMessage events", "SendMessageBatch events", "PutItem events", "routing#",
                 "SendMessageBatch deliveries", "POST s0",
                 "UpdateItem events", "Query events due", "UpdateItem subscriptions",
                 "UpdateItem endpoints", "Query endpoints wake", "Query events shelf",
                 "PutObject", "GetObject", "Query events \n"):  # fmt: skip
        assert any(part in f"{site}\n" for site in sites), part
