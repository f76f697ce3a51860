"""Random histories of a hook at GitLab, which sends five events a minute again: the same deaths, limits and
forgotten promises as at GitHub, and the same must be true in the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest

from doorbell.domain.backfill import AGAIN_SECONDS, MOST_ASKED, Page
from doorbell.egress.lists.gitlab import GitLabList
from tests.unit.usecases.backfill_at_gitlab import AtGitLab
from tests.unit.usecases.test_backfill_histories import _counts_a_limit_as_a_try, faults, history

SEEDS = 40


def outcome(seed: int) -> list[str]:
    world = cast(AtGitLab, history(seed, AtGitLab))
    world.answers, world.hook.loses, world.hook.limits, world.steps.death = 202, 0, [], 0
    if seed % 4 == 0:
        world.answers = 422
    world.hook.instead = lambda call: None
    for _ in range(MOST_ASKED + 2):
        world.clock.advance(AGAIN_SECONDS + 1)
        world.until_finished()
    return faults(world)


@pytest.mark.parametrize("slice_", range(4))
def test_whatever_happens_everything_comes_or_is_said_to_be_missing(slice_: int) -> None:
    wrong = {seed: found for seed in range(slice_, SEEDS, 4) if (found := outcome(seed))}
    assert wrong == {}


def _goes_on_a_page_too_far(patch: pytest.MonkeyPatch) -> None:
    page = GitLabList.page

    def further(self: GitLabList, cursor: str | None, since: float) -> Page:
        return page(self, None if cursor is None else str(int(cursor) + 1), since)

    patch.setattr(GitLabList, "page", further)


@pytest.mark.parametrize("bug", [_goes_on_a_page_too_far, _counts_a_limit_as_a_try])
def test_a_deliberate_bug_is_caught(
    bug: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    bug(monkeypatch)
    assert any(outcome(seed) for seed in range(SEEDS))
