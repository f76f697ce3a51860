"""Back-fill of a GitHub hook: what never came is asked for, and nothing else is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from doorbell.domain.backfill import AGAIN_SECONDS, MOST_ASKED, NotPossible, Stage, Verdict
from tests.support.fakes import Crash
from tests.support.github_hooks import Reply
from tests.unit.usecases.backfill_world import SOURCE, World

HOUR = 3600.0


def test_what_was_refused_comes_in_and_what_is_here_is_not_asked_for() -> None:
    world = World()
    world.happen(20)
    missing = world.happen(5, answers=401)
    report = world.run()
    assert (report.asked, report.counted[Verdict.HERE], report.finished) == (5, 20, True)
    assert all(world.record[world.event_id(key)] == 1 for key in missing)
    assert set(world.record.values()) == {1}


def test_every_page_of_the_list_is_walked() -> None:
    world = World()
    old = world.happen(5, answers=500)
    world.happen(230)
    assert world.run().asked == 5
    assert all(world.event_id(key) in world.record for key in old)


def test_the_next_pass_walks_only_what_is_new() -> None:
    world = World()
    world.happen(350)
    world.clock.advance(HOUR)
    world.run()
    world.happen(1, answers=503)
    before = len(world.hook.calls)
    assert world.run().asked == 1
    assert len(world.hook.calls) - before == 3, "the hook, one page, one event"


def test_a_pass_that_finds_nothing_missing_makes_two_calls_and_two_writes() -> None:
    world = World()
    world.happen(40)
    world.run()
    assert world.book.kept is not None
    before, version = len(world.hook.calls), world.book.kept.version
    world.run()
    assert (len(world.hook.calls) - before, world.book.kept.version - version) == (2, 2)


def test_a_pass_over_the_last_hour_alone_does_not_hide_what_came_before_from_the_next() -> None:
    world = World()
    world.happen(2, answers=503)
    world.clock.advance(10 * HOUR)
    world.happen(1, answers=503)
    assert world.run(since=world.clock() - HOUR).asked == 1
    assert world.run().asked == 2


def test_an_interrupted_pass_goes_on_where_it_stopped() -> None:
    world = World()
    world.happen(1, answers=404)
    world.happen(250)
    world.steps.death = 5  # the second page
    with pytest.raises(Crash):
        world.run()
    seen = len(world.hook.calls)
    assert world.run().asked == 1
    assert next(call for call in world.hook.calls[seen:] if "deliveries?" in call).endswith("cursor=151")


def test_one_that_is_asked_for_is_not_asked_for_again_while_it_may_still_come() -> None:
    world = World()
    world.hook.loses = 1
    world.happen(1, answers=503)
    assert world.run().asked == 1
    assert (world.run().asked, world.asks()) == (0, 1)
    world.clock.advance(AGAIN_SECONDS)
    assert (world.run().asked, len(world.record)) == (1, 1)


def test_a_promise_that_the_provider_forgets_is_found_though_the_pass_after_begins_later() -> None:
    world = World()
    world.hook.loses = 1
    world.happen(1, answers=503)
    world.run()
    world.clock.advance(5 * HOUR)
    world.happen(3)
    assert world.run().asked == 1
    assert len(world.record) == 4


def test_what_was_asked_for_and_came_is_said_by_the_next_pass() -> None:
    world = World()
    world.happen(2, answers=503)
    world.run()
    report = world.run()
    assert (report.brought, report.asked) == (2, 0)
    assert {tried.stage for tried in world.book.asked.values()} == {Stage.BROUGHT}


def test_the_pause_that_github_wants_lies_between_two_events_that_are_asked_for() -> None:
    world = World()
    world.happen(3, answers=503)
    world.run()
    assert world.pauses == [1.0, 1.0]


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"retry-after": "17"}, 17.0),
        (403, {"retry-after": "90"}, 90.0),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000300"}, 300.0),
        (429, {}, 60.0),
        (502, {}, 300.0),
    ],
)
def test_who_is_asked_to_wait_stops_there_and_goes_on_later(
    status: int, headers: dict[str, str], seconds: float
) -> None:
    world = World()
    world.happen(4, answers=503)
    world.hook.instead = lambda call: (status, headers, b"{}") if world.asks() == 2 else None
    report = world.run()
    assert (report.later, report.asked, report.finished) == (seconds, 1, False)
    world.hook.instead = lambda call: None
    world.clock.advance(max(seconds, AGAIN_SECONDS))
    world.run()
    assert set(world.record.values()) == {1}
    assert len(world.record) == 4


@pytest.mark.parametrize(("status", "asked"), [(429, 0), (500, 1)])
def test_a_limit_uses_up_nobodys_chances_and_a_failure_does(status: int, asked: int) -> None:
    world = World()
    (key,) = world.happen(1, answers=503)
    world.hook.instead = lambda call: (status, {}, b"{}") if call.startswith("POST") else None
    world.run()
    assert world.book.asked[key].asked == asked


def test_an_event_that_github_fails_at_for_ever_does_not_keep_the_others_from_coming() -> None:
    world = World()
    world.happen(3, answers=503)
    world.hook.instead = lambda call: (500, {}, b"{}") if "/deliveries/3/" in call else None
    for _ in range(MOST_ASKED + 1):
        world.run()
        world.clock.advance(AGAIN_SECONDS)
    assert len(world.record) == 2


def test_of_two_passes_at_once_each_event_is_asked_for_by_one() -> None:
    world = World()
    world.happen(3, answers=503)
    world.hook.loses = 3

    def meanwhile(call: str) -> Reply | None:
        if call.startswith("POST"):
            world.hook.instead = lambda call: None
            world.run()
        return None

    world.hook.instead = meanwhile
    world.run()
    assert sorted(call for call in world.hook.calls if call.startswith("POST")) == [
        f"POST /repos/octo/hello/hooks/7/deliveries/{number}/attempts" for number in (1, 2, 3)
    ]


def test_a_ping_is_no_event_and_is_not_missed() -> None:
    world = World()
    world.happen(1, answers=202, event="ping")
    world.record.clear()
    world.clock.advance(HOUR)
    assert world.run().counted.total() == 0


def test_events_that_the_provider_repeats_are_one() -> None:
    world = World()
    world.hook.repeats = True
    world.happen(1, answers=503)
    world.run()
    assert world.run().asked == 0
    assert world.asks() == 1


def test_the_credential_goes_to_the_providers_own_host_alone() -> None:
    world = World()
    world.run()
    assert {request.url.partition("/repos")[0] for request in world.requests} == {"https://api.github.com"}
    assert SOURCE.backfill is not None
    world.source = replace(SOURCE, backfill=replace(SOURCE.backfill, api="https://elsewhere.test/api/v3"))
    with pytest.raises(NotPossible, match=r"elsewhere\.test is not one that may be called"):
        world.list()
