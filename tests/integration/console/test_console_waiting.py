"""Pause, resume and replay: first the plan in numbers, then the button, and who asked is on record."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from doorbell.store.events.replay_jobs import ReplayTable
from doorbell_cli.configuration import SUBSCRIPTION
from doorbell_cli.console.pages import replaying
from doorbell_cli.ops.replayer import Replayer
from tests.integration.console.conftest import Browser, Opened
from tests.integration.ops.deployed import Doorbell
from tests.integration.ops.test_ops_status import pending

PAGE = "/subscriptions/acme/billing"


def item(doorbell: Doorbell) -> dict[str, object]:
    found = SUBSCRIPTION.table(doorbell.target).get("acme", "billing")
    assert found is not None
    return found.values


def hidden(page: str) -> dict[str, str]:
    """What the last form of a page sends, without its token."""
    form = page.rpartition('<form class="act"')[2]
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    assert fields.pop("form_token")
    return fields


def test_a_pause_is_told_in_numbers_first_and_then_done(doorbell: Doorbell, browser: Browser) -> None:
    pending(doorbell, 3, failures=1)
    assert f'href="{PAGE}/pause"' in browser.page(PAGE)
    browser.calls.clear()
    asked = browser.page(f"{PAGE}/pause")
    assert len(browser.calls) <= 6
    assert "Deliveries that wait for it: 1 (1 of them failed before). They stay." in asked
    assert "nothing is lost" in asked
    assert item(doorbell).get("paused") is None
    assert browser.send(f"{PAGE}/pause") == PAGE
    assert item(doorbell)["paused"] is True
    page = browser.page(PAGE)
    assert "PAUSED" in page
    assert f'href="{PAGE}/resume"' in page
    assert "It is paused already." in browser.page(f"{PAGE}/pause")


def test_it_is_resumed_with_the_pace_told_first(doorbell: Doorbell, browser: Browser) -> None:
    browser.send(f"{PAGE}/pause")
    pending(doorbell, 3, failures=1)
    assert "They go out within a minute, oldest first" in browser.page(f"{PAGE}/resume")
    assert browser.send(f"{PAGE}/resume") == PAGE
    assert "paused" not in item(doorbell)
    assert "It is not paused." in browser.page(f"{PAGE}/resume")
    record = browser.page("/audit?tenant=acme")
    assert "<td>pause</td>" in record
    assert "<td>resume</td>" in record
    assert "arn:aws:" in record


def test_what_could_not_be_used_is_not_paused(doorbell: Doorbell, browser: Browser) -> None:
    doorbell.put("SubscriptionsTable", {"tenant_id": "acme", "subscription_id": "broken", "url": 7})
    assert "Repair it first" in browser.send("/subscriptions/acme/broken/pause", 409)
    browser.page("/subscriptions/acme/nobody/pause", 404)
    browser.send("/subscriptions/acme/nobody/resume", 404)


def test_what_it_missed_is_planned_and_then_replayed_once(doorbell: Doorbell, browser: Browser) -> None:
    lost = [doorbell.event(number, state="exhausted") for number in range(4)]
    doorbell.event(9, state="delivered")
    assert f'href="{PAGE}/replay?since=7d"' in browser.page(PAGE)
    assert "<h2>The plan</h2>" not in browser.page(f"{PAGE}/replay")
    browser.calls.clear()
    plan = browser.page(f"{PAGE}/replay?since=7d&rate=2")
    assert len(browser.calls) <= 6
    assert "<dt>deliveries</dt><dd>4</dd>" in plan
    assert "<dt>takes</dt><dd>2 s</dd>" in plan
    assert re.search(r"<dt>cost usd</dt><dd>0\.0000\d\d</dd>", plan)
    assert "billing at https://example.com/hook" in plan
    assert len(re.findall(r"<li class=\"text\">evt_acme_\d", plan)) == 3
    assert all("billing/1" not in doorbell.items(event_id) for event_id in lost)
    fields = hidden(plan)
    job = browser.send(f"{PAGE}/replay", **fields)
    assert job == f"/jobs/{fields['job']}"
    assert "All 4 are written." in browser.page(job)
    made = [name for event_id in lost for name in doorbell.items(event_id) if name != "event"]
    assert len(made) == 8
    browser.send(f"{PAGE}/replay", 409, **fields)
    assert "There is nothing to replay." in browser.page(f"{PAGE}/replay?since=7d")
    assert f'href="{job}"' in browser.page("/jobs?tenant=acme")
    assert fields["job"] not in browser.page("/jobs?tenant=another")
    record = browser.page("/audit?tenant=acme")
    assert f"job {fields['job']}: exhausted and cancelled between" in record
    assert "2 a second" in record


def test_only_the_state_that_was_chosen_is_replayed(doorbell: Doorbell, browser: Browser) -> None:
    doorbell.event(1, state="exhausted")
    doorbell.event(2, state="cancelled")
    plan = browser.page(f"{PAGE}/replay?since=7d&state=cancelled")
    assert "<dt>deliveries</dt><dd>1</dd>" in plan
    browser.send(f"{PAGE}/replay", **hidden(plan))
    assert "replay_job" not in str(doorbell.items("evt_acme_1"))


def test_many_are_written_behind_the_answer(
    doorbell: Doorbell, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorbell.usecases.replay_many.PAGE", 2)
    left = list[Callable[[], None]]()
    monkeypatch.setattr(replaying, "behind", left.append)
    for number in range(5):
        doorbell.event(number, state="exhausted")
    fields = hidden(browser.page(f"{PAGE}/replay?since=7d"))
    job = browser.send(f"{PAGE}/replay", **fields)
    assert f"doorbell replay --resume {fields['job']}" in browser.page(job)
    for work in left:
        work()
    assert "All 5 are written." in browser.page(job)


def test_a_plan_stops_counting_and_says_so(
    doorbell: Doorbell, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorbell.usecases.replay_many.PAGE", 2)
    monkeypatch.setattr(replaying, "MOST", 2)
    for number in range(5):
        doorbell.event(number, state="exhausted")
    plan = browser.page(f"{PAGE}/replay?since=7d")
    assert "<dt>deliveries</dt><dd>2+</dd>" in plan
    assert "Replay 2+ deliveries</button>" in plan


@pytest.mark.parametrize(
    "query", ["since=yesterday", "since=7d&rate=fast", "since=7d&rate=0", "since=7d&rate=nan"]
)
def test_nonsense_is_no_plan(browser: Browser, query: str) -> None:
    assert 'role="alert"' in browser.page(f"{PAGE}/replay?{query}", 422)


def test_a_replay_without_a_plan_or_to_who_is_off_is_refused(doorbell: Doorbell, browser: Browser) -> None:
    doorbell.event(1, state="exhausted")
    browser.send(f"{PAGE}/replay", 422, since="7d")
    doorbell.subscribe("off", enabled=False)
    assert "Enable it first" in browser.page("/subscriptions/acme/off/replay?since=7d", 409)
    assert "<tbody>" not in browser.page("/audit?tenant=acme")


def test_tenants_with_the_same_names_are_told_apart(doorbell: Doorbell, browser: Browser) -> None:
    doorbell.subscribe("billing", tenant="other")
    doorbell.event(1, state="exhausted")
    browser.send("/subscriptions/other/billing/pause")
    assert "paused" not in item(doorbell)
    assert "nothing to replay" in browser.page("/subscriptions/other/billing/replay?since=7d")


def test_read_only_shows_the_plans_and_does_nothing(doorbell: Doorbell, opened: Opened) -> None:
    doorbell.event(1, state="exhausted")
    browser = opened(read_only=True)
    for path in (f"{PAGE}/pause", f"{PAGE}/resume", f"{PAGE}/replay?since=7d"):
        assert 'method="post"' not in browser.page(path)
    for path in (f"{PAGE}/pause", f"{PAGE}/resume", f"{PAGE}/replay", f"{PAGE}/test"):
        assert "--read-only" in browser.send(path, 403)
    assert "paused" not in item(doorbell)


def test_jobs_are_listed_newest_first_in_three_calls(doorbell: Doorbell, browser: Browser) -> None:
    for number in range(3):
        doorbell.event(number, state="exhausted")
        browser.send(f"{PAGE}/replay", **hidden(browser.page(f"{PAGE}/replay?since=7d")))
    browser.calls.clear()
    browser.page("/jobs?tenant=acme")
    assert browser.calls == ["Query", "Query", "BatchGetItem"]
    jobs: ReplayTable = Replayer(doorbell.target).jobs()
    times = [job.selection.until for job in jobs.jobs("acme")]
    assert len(times) == 3
    assert times == sorted(times, reverse=True)
    browser.page("/jobs/nothing", 404)


@pytest.mark.parametrize("job", ["", "0123456789a", "0123456789abc", "0123456789ab/../x", "0123456789AB"])
def test_a_form_that_is_of_no_plan_replays_nothing(doorbell: Doorbell, browser: Browser, job: str) -> None:
    doorbell.event(1, state="exhausted")
    fields = hidden(browser.page(f"{PAGE}/replay?since=7d"))
    browser.send(f"{PAGE}/replay", 422, **{**fields, "job": job})
    assert "delivery#billing#0001" not in doorbell.items("evt_acme_1")
