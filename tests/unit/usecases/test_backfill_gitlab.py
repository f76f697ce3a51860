"""Back-fill of a GitLab hook: what never came is asked for, five events a minute, and nothing else is."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from doorbell.domain.backfill import AGAIN_SECONDS, NotPossible, Stage, Verdict
from doorbell.egress.api import TROUBLE_SECONDS
from doorbell.runtime.provider_lists import list_of
from tests.support.fakes import Crash
from tests.unit.usecases.backfill_at_gitlab import MINUTE, SOURCE, AtGitLab

HOUR = 3600.0


def test_what_was_refused_comes_in_five_a_minute_and_what_is_here_is_not_asked_for() -> None:
    world = AtGitLab()
    world.happen(30)
    missing = world.happen(12, answers=401)
    reports = world.until_finished()
    assert [report.asked for report in reports] == [5, 5, 2]
    assert [report.later for report in reports] == [MINUTE, MINUTE, None]
    assert all(world.record[world.event_id(key)] == 1 for key in missing)
    assert (set(world.record.values()), len(world.record)) == ({1}, 42)
    assert set(world.pauses) == {0.0}, "it does not sleep for a limit: it comes again"


def test_a_limit_that_others_have_used_up_costs_no_event_one_of_its_tries() -> None:
    world = AtGitLab()
    (key,) = world.happen(1, answers=401)
    world.gitlab.a_minute = 0
    assert (world.run().later, world.book.asked[key].asked) == (MINUTE, 0)
    world.gitlab.a_minute = 5
    world.clock.advance(MINUTE)
    assert (world.run().asked, len(world.record)) == (1, 1)


def test_five_a_minute_are_kept_to_whether_gitlab_counts_them_or_not() -> None:
    world = AtGitLab()
    world.gitlab.a_minute = 1000
    world.happen(11, answers=401)
    assert [report.asked for report in world.until_finished()] == [5, 5, 1]


def test_a_run_that_stops_at_five_writes_two_items_more_than_one_that_need_not() -> None:
    written = []
    for missing in (5, 6):
        world = AtGitLab()
        world.happen(missing, answers=401)
        assert world.run().asked == 5
        written.append(world.steps.taken - len(world.hook.calls))
    at_its_end = 1
    assert written[1] - (written[0] - at_its_end) == 2


def test_a_run_of_more_than_a_minute_asks_for_five_more() -> None:
    world = AtGitLab()
    world.happen(8, answers=401)
    ring = world.hook.ring

    def slowly(guid: str, event: str, body: bytes) -> int:
        world.clock.advance(13)
        return ring(guid, event, body)

    world.hook.ring = slowly
    assert (world.run().asked, len(world.record)) == (8, 8)


def test_every_page_is_walked_and_the_next_pass_walks_only_what_is_new() -> None:
    world = AtGitLab()
    old = world.happen(3, answers=500)
    world.happen(90)
    world.until_finished()
    assert all(world.event_id(key) in world.record for key in old)
    world.clock.advance(HOUR)
    world.run()
    world.happen(1, answers=503)
    before = len(world.hook.calls)
    assert world.run().asked == 1
    assert len(world.hook.calls) - before == 3, "the hook, one page, one event"


def test_the_path_of_a_project_and_the_credential_go_out_as_gitlab_wants_them() -> None:
    world = AtGitLab()
    world.happen(1, answers=401)
    world.run()
    at = "https://gitlab.com/api/v4/projects/acme%2Fshop/hooks/7"
    assert [request.url for request in world.requests] == [
        at, f"{at}/events?per_page=20&page=1", f"{at}/events/1/resend",
    ]  # fmt: skip
    assert all(("private-token", "ghp_of_the_tests") in request.headers for request in world.requests)


def test_an_interrupted_pass_goes_on_with_its_page_though_more_lies_on_top_meanwhile() -> None:
    world = AtGitLab()
    old = world.happen(20, answers=404)
    world.happen(50)
    world.steps.death = 7  # the fourth page
    with pytest.raises(Crash):
        world.run()
    world.steps.death = 0
    world.happen(19)
    before = len(world.hook.calls)
    world.until_finished()
    assert next(call for call in world.hook.calls[before:] if "events?" in call).endswith("page=3")
    assert all(world.event_id(key) in world.record for key in old)


def test_a_promise_that_gitlab_forgets_is_asked_for_again_and_what_it_repeats_is_one() -> None:
    world = AtGitLab()
    world.hook.loses = 1
    world.happen(2, answers=503)
    assert world.run().asked == 2
    world.clock.advance(AGAIN_SECONDS)
    assert (world.run().asked, len(world.record)) == (1, 2)
    world.hook.repeats = True
    world.happen(1, answers=503)
    world.clock.advance(MINUTE)
    assert (world.run().asked, world.run().asked) == (1, 0)


def test_what_gitlab_has_forgotten_between_the_list_and_the_question_is_missing_for_good() -> None:
    world = AtGitLab()
    (key,) = world.happen(1, answers=503)
    world.hook.instead = lambda call: (404, {}, b"{}") if call.startswith("POST") else None
    assert (world.run().given_up, world.book.asked[key].stage) == (1, Stage.MISSING)


def test_an_event_whose_body_was_too_large_to_keep_is_not_asked_for_as_another_body_would_come() -> None:
    world = AtGitLab()
    (key,) = world.happen(1, answers=503)
    world.gitlab.large = {1}
    assert (world.run().given_up, world.asks(), world.record) == (1, 0, {})
    assert "too large" in world.book.asked[key].why


def test_a_hook_that_gitlab_has_switched_off_for_a_while_is_waited_for_and_a_dry_run_is_not() -> None:
    world = AtGitLab()
    (key,) = world.happen(1, answers=503)
    world.gitlab.status, world.gitlab.disabled_until = "temporarily_disabled", world.clock() + 600
    assert world.run(dry_run=True).counted[Verdict.BRING] == 1
    assert (world.run().later, world.asks(), world.book.asked[key].asked) == (600, 0, 0)
    world.clock.advance(600)
    world.gitlab.status = "executable"
    assert (world.run().asked, len(world.record)) == (1, 1)


def test_a_hook_that_is_off_for_nobody_says_how_long_is_waited_for_as_in_any_trouble() -> None:
    world = AtGitLab()
    world.happen(1, answers=503)
    world.gitlab.status = "temporarily_disabled"
    assert (world.run().later, world.asks()) == (TROUBLE_SECONDS, 0)


def test_a_hook_that_gitlab_has_switched_off_is_told_to_people() -> None:
    world = AtGitLab()
    world.gitlab.status = "disabled"
    with pytest.raises(NotPossible, match="switched the hook"):
        world.run()


def test_no_event_is_given_up_because_the_hook_was_switched_off_in_the_middle() -> None:
    world = AtGitLab()
    keys = world.happen(3, answers=503)

    def off(guid: str, event: str, body: bytes) -> int:
        world.gitlab.status = "temporarily_disabled"
        return 401

    ring, world.hook.ring = world.hook.ring, off
    report = world.run()
    assert (report.asked, report.given_up) == (1, 0)
    assert sorted(world.book.asked[key].asked for key in keys if key in world.book.asked) == [0, 1]
    world.gitlab.status, world.hook.ring = "executable", ring
    world.clock.advance(AGAIN_SECONDS)
    assert (world.run().asked, len(world.record)) == (3, 3)


def test_what_gitlab_will_not_send_again_of_a_hook_that_is_on_is_missing_for_good() -> None:
    world = AtGitLab()
    world.happen(2, answers=503)
    world.gitlab.refuses = {1}
    report = world.run()
    assert (report.asked, report.given_up, len(world.record)) == (1, 1, 1)


def test_a_hook_that_is_not_there_is_told_to_people() -> None:
    world = AtGitLab()
    world.hook.limits = [(404, {}, b"{}")]
    with pytest.raises(NotPossible, match="no hook"):
        world.run()


def test_a_list_without_the_id_that_ingest_goes_by_is_told_to_people() -> None:
    world = AtGitLab()
    world.happen(1, answers=503)
    row = {"id": 1, "request_headers": {}, "request_data": {}, "response_status": "503"}
    listed = json.dumps([{**row, "created_at": "2026-11-29T10:00:00Z"}]).encode()
    world.hook.instead = lambda call: (200, {}, listed) if "events?" in call else None
    with pytest.raises(NotPossible, match=r"17\.4"):
        world.run()


@pytest.mark.parametrize("body", [b"no json", b"{}", b"[7]", b'[{"id":1}]'])
def test_a_list_that_cannot_be_read_is_asked_for_again_later(body: bytes) -> None:
    world = AtGitLab()
    world.hook.instead = lambda call: (200, {}, body) if "events?" in call else None
    report = world.run()
    assert (report.later is not None, report.asked) == (True, 0)


def test_a_gitlab_of_ones_own_is_called_where_the_operator_allows_it_and_nowhere_else() -> None:
    world = AtGitLab()
    assert SOURCE.backfill is not None
    own = replace(SOURCE, backfill=replace(SOURCE.backfill, api="https://gitlab.corp.test/api/v4"))
    with pytest.raises(NotPossible, match=r"gitlab\.corp\.test is not one that may be called"):
        list_of(own, "x", world, [], world.clock, world.take)  # type: ignore[arg-type]
    allowed = ["https://gitlab.corp.test"]
    list_of(own, "ghp_of_the_tests", world, allowed, world.clock, world.take).check("gl")  # type: ignore[arg-type]
    assert world.requests[-1].url == "https://gitlab.corp.test/api/v4/projects/acme%2Fshop/hooks/7"
