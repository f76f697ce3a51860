"""Back-fill wherever a hook is: what never came is asked for, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from doorbell.domain.backfill import AGAIN_SECONDS, MOST_ASKED, SETTLE_SECONDS, NotPossible, Stage, Verdict
from doorbell.domain.sources import Dedupe, Source
from doorbell.egress.api import TROUBLE_SECONDS
from tests.support.fakes import Crash
from tests.unit.usecases import backfill_at_gitlab, backfill_world
from tests.unit.usecases.backfill_at_gitlab import AtGitLab
from tests.unit.usecases.backfill_world import World

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Provider:
    """`by`: the header with the id that ingest goes by. `crowd`: how many were refused, came, were refused;
    more than a page of its list."""

    make: Callable[[Source], World]
    source: Source
    by: str
    crowd: tuple[int, int, int]

    def world(self, **changes: object) -> World:
        return self.make(replace(self.source, **changes))  # type: ignore[arg-type]


PROVIDERS = {
    "github": Provider(World, backfill_world.SOURCE, "x-github-delivery", (10, 120, 5)),
    "gitlab": Provider(AtGitLab, backfill_at_gitlab.SOURCE, "webhook-id", (6, 40, 2)),
}
anywhere = pytest.mark.parametrize("provider", PROVIDERS.values(), ids=PROVIDERS)


@anywhere
def test_what_we_answered_202_and_do_not_have_is_asked_for_once_it_cannot_be_on_its_way_any_more(
    provider: Provider,
) -> None:
    world = provider.world()
    (key,) = world.happen(1)
    world.record.clear()
    assert world.run().counted[Verdict.YOUNG] == 1
    world.clock.advance(SETTLE_SECONDS)
    assert world.run().asked == 1
    assert world.record == {world.event_id(key): 1}


@anywhere
def test_a_dry_run_says_what_is_missing_and_changes_nothing(provider: Provider) -> None:
    world = provider.world()
    world.happen(25, answers=404)
    report = world.run(dry_run=True)
    assert (report.counted[Verdict.BRING], report.asked, world.asks()) == (25, 0, 0)
    assert (world.book.kept, world.book.asked, world.record) == (None, {}, {})


@anywhere
@pytest.mark.parametrize("after", [False, True])
def test_whoever_dies_anywhere_others_bring_each_missing_event_exactly_once(
    provider: Provider, after: bool
) -> None:
    death, died = 0, True
    while died:
        death += 1
        world = provider.world()
        for count, answers in zip(provider.crowd, (404, 202, 401), strict=True):
            world.happen(count, answers=answers)
        world.steps.death, world.steps.after, died = death, after, False
        try:
            world.until_finished()
        except Crash:
            died = True
        world.steps.death = 0
        for _ in range(2):
            world.clock.advance(AGAIN_SECONDS)
            world.until_finished()
        assert len(world.record) == sum(provider.crowd), f"death at step {death}"
        assert set(world.record.values()) == {1}, f"death at step {death}"
    assert death > 20


@anywhere
def test_an_event_that_is_refused_again_and_again_is_asked_for_a_few_times_and_is_then_missing_for_good(
    provider: Provider,
) -> None:
    world = provider.world()
    (key,) = world.happen(1, answers=422)
    for _ in range(6):
        world.answers = 422
        world.clock.advance(AGAIN_SECONDS)
        last = world.run()
    assert world.asks() == MOST_ASKED
    assert world.book.asked[key].stage is Stage.MISSING
    assert last.counted[Verdict.GIVEN_UP] == 1 or last.counted.total() == 0


@anywhere
def test_what_is_older_than_the_dedupe_window_is_never_asked_for(provider: Provider) -> None:
    world = provider.world(dedupe=Dedupe("header", provider.by, 24))
    world.happen(2, answers=503)
    world.clock.advance(25 * HOUR)
    world.happen(1, answers=503)
    assert (world.run(since=0.0).asked, world.asks()) == (1, 1)


@anywhere
@pytest.mark.parametrize("status", [401, 403])
def test_a_credential_that_is_not_taken_is_told_to_people(provider: Provider, status: int) -> None:
    world = provider.world()
    world.hook.limits = [(status, {}, b"{}")]
    with pytest.raises(NotPossible, match="credential"):
        world.run()


def _lists(call: str) -> bool:
    return call.partition("?")[0].endswith(("/deliveries", "/events"))


@anywhere
@pytest.mark.parametrize("body", [b"{}", b"[{}]", b"no JSON"])
def test_a_list_that_is_none_is_trouble_that_passes(provider: Provider, body: bytes) -> None:
    world = provider.world()
    world.happen(1, answers=503)
    world.hook.instead = lambda call: (200, {}, body) if _lists(call) else None
    assert world.run().later == TROUBLE_SECONDS
    world.hook.instead = lambda call: None
    assert world.run().asked == 1


@anywhere
def test_a_hook_that_rings_at_another_source_is_not_asked_for_anything(provider: Provider) -> None:
    world = provider.world()
    world.happen(2, answers=503)
    world.hook.url = "https://hooks.test/in/another"
    with pytest.raises(NotPossible, match="does not ring at this source"):
        world.run()
    assert world.asks() == 0


@anywhere
def test_a_source_that_is_switched_off_is_not_back_filled(provider: Provider) -> None:
    world = provider.world(enabled=False)
    with pytest.raises(NotPossible, match="switched off"):
        world.run()
    assert world.hook.calls == []
