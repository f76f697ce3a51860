"""Random histories of a hook and its back-fill: deaths, limits, forgotten promises, doors that are shut. One
seed is one history. Then all goes well, and everything must have come, or be said to be missing for a reason.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from doorbell.domain import backfill as rules
from doorbell.domain.backfill import AGAIN_SECONDS, MOST_ASKED, Progress
from doorbell.usecases import backfill, backfill_settle
from tests.support.fakes import Crash
from tests.unit.usecases.backfill_world import World

HOUR = 3600.0
SEEDS = 60
LIMIT = (403, {"retry-after": "60"}, b"{}")


def history(seed: int, make: Callable[[], World] = World) -> World:
    """What happens before all goes well: within a day, so that nothing grows too old."""
    world, dice = make(), random.Random(seed)
    is_stingy = dice.random() < 0.2
    for _ in range(dice.randrange(3, 9)):
        world.happen(dice.randrange(0, 40), answers=dice.choice([202, 202, 401, 503]))
        for name in [name for name in world.record if dice.random() < 0.05]:
            if world.clock() - world.made[name] < 1:
                del world.record[name]  # it was answered, and is lost
        world.answers = dice.choice([202, 202, 202, 503])
        world.hook.loses, world.hook.repeats = dice.choice([0, 0, 3]), dice.random() < 0.2
        world.hook.limits = [LIMIT] * dice.choice([0, 0, 1])
        limited = 1 if is_stingy else dice.choice([0, 0, dice.randrange(2, 8)])
        world.hook.instead = lambda call, limited=limited: (  # type: ignore[misc]
            LIMIT if limited and call.startswith("POST") and world.asks() % limited == 0 else None
        )
        world.steps.death = world.steps.taken + dice.randrange(1, 40) if dice.random() < 0.5 else 0
        world.steps.after = dice.random() < 0.5
        try:
            world.run()
        except Crash:
            world.deaths += 1
        world.clock.advance(dice.choice([1.0, 200.0, 700.0, 2 * HOUR]))
    return world


def at_peace(world: World, door: int) -> None:
    world.answers, world.hook.loses, world.hook.limits, world.steps.death = door, 0, [], 0
    world.hook.instead = lambda call: None
    for _ in range(MOST_ASKED + 2):
        world.clock.advance(AGAIN_SECONDS + 1)
        world.run()


def faults(world: World) -> list[str]:
    """What is wrong, in words. Who was promised, or died for, as often as is allowed may be missing."""
    keys = {one.guid for one in world.hook.deliveries}
    there = {key for key in keys if world.event_id(key) in world.record}
    said = {key for key, tried in world.book.asked.items() if tried.stage is rules.Stage.MISSING}
    found = [f"{key} never came, and nobody says so" for key in keys - there - said]
    tries = {key: world.hook.promised[key] + world.deaths for key in said - there}
    found += [f"{key} was given up after {count}" for key, count in tries.items() if count < MOST_ASKED]
    tried = Counter(tried.asked for tried in world.book.asked.values())
    found += [f"asked for {count} times" for count in tried if count > MOST_ASKED]
    again = Counter(one.guid for one in world.hook.deliveries if one.again)
    most = MOST_ASKED * 2
    found += [f"{key} was delivered {count} times again" for key, count in again.items() if count > most]
    open_ones = [key for key, tried in world.book.asked.items() if tried.stage is rules.Stage.ASKED]
    return found + [f"{key} is still waited for" for key in open_ones]


def outcome(seed: int) -> list[str]:
    world = history(seed)
    at_peace(world, 422 if seed % 4 == 0 else 202)
    return faults(world)


@pytest.mark.parametrize("slice_", range(5))
def test_whatever_happens_everything_comes_or_is_said_to_be_missing(slice_: int) -> None:
    wrong = {seed: found for seed in range(slice_, SEEDS, 5) if (found := outcome(seed))}
    assert wrong == {}


def _forgets_who_is_waited_for(patch: pytest.MonkeyPatch) -> None:
    settle = backfill_settle.settle
    patch.setattr(backfill, "settle", lambda *given: settle(*given) and None)


def _takes_the_end_of_a_pass_for_its_beginning(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(backfill, "SETTLE_SECONDS", -3 * HOUR)


def _counts_a_limit_as_a_try(patch: pytest.MonkeyPatch) -> None:
    def keeps(value: Any, **changes: object) -> Any:
        changes.pop("asked", None)
        return replace(value, **changes)

    patch.setattr(backfill, "replace", keeps)


def _asks_for_ever(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rules, "MOST_ASKED", 1000)
    patch.setattr(backfill_settle, "MOST_ASKED", 1000)


def _believes_a_2xx(patch: pytest.MonkeyPatch) -> None:
    def believes(row: rules.Listed, on_record: bool, *rest: Any) -> rules.Verdict:
        return rules.verdict(row, on_record or row.arrived, *rest)

    patch.setattr(backfill, "verdict", believes)


def _goes_on_behind_what_it_has_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    original = World.__post_init__

    def forgetful(self: World) -> None:
        original(self)
        save = self.book.save

        def saves(progress: Progress) -> Progress:
            return save(replace(progress, done_until=max(progress.done_until, progress.began)))

        self.book.save = saves  # type: ignore[method-assign]

    patch.setattr(World, "__post_init__", forgetful)


@pytest.mark.parametrize(
    "bug",
    [
        _forgets_who_is_waited_for,
        _takes_the_end_of_a_pass_for_its_beginning,
        _counts_a_limit_as_a_try,
        _asks_for_ever,
        _believes_a_2xx,
        _goes_on_behind_what_it_has_not_looked_at,
    ],
)
def test_a_deliberate_bug_is_caught(
    bug: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    bug(monkeypatch)
    assert any(outcome(seed) for seed in range(SEEDS))
