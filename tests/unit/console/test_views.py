"""What the pages show, as plain data: each thing in its place and in its unit."""

from __future__ import annotations

from dataclasses import replace

from doorbell.domain.deliveries import Attempt, DeliveryKey, State
from doorbell.domain.health import Health
from doorbell.domain.history import EndedRow
from doorbell.domain.jobs import Job, JobState
from doorbell.domain.replays import ReplayJob, Selection
from doorbell.usecases.history import HistoryPage
from doorbell_cli.console.views import tested as views
from doorbell_cli.console.views.event import lane
from doorbell_cli.console.views.history import answers, history
from doorbell_cli.console.views.jobs import detail
from tests.support.builders import a_delivery
from tests.support.fakes import START


def test_an_attempt_s_time_is_in_seconds() -> None:
    attempt = Attempt(1, START, 2500, 500, None, "", "")
    (shown,) = lane(a_delivery(attempts=(attempt,)), Health(), START).tries
    assert (shown.at, shown.seconds) == (START, 2.5)


def test_a_job_s_moments_and_colour_are_its_own() -> None:
    chosen = Selection("acme", "books", START - 700, START - 600)
    asked = Job(ReplayJob("aa00", chosen, 1.0, started_at=START), "ann", START, due_at=START)
    ended = replace(asked, state=JobState.FAILED, ended_at=START + 9, due_at=None)
    shown = detail(ended)
    assert dict(shown.moments) == {
        "asked": START,
        "of the time since": START - 700,
        "and before": START - 600,
        "ended": START + 9,
    }
    assert (shown.work.tone, shown.over) == ("red", True)
    assert (detail(asked).work.tone, detail(asked).over, dict(detail(asked).moments)["ended"]) == (
        "plain", False, None,
    )  # fmt: skip


def test_a_history_says_how_each_ended_how_far_it_looked_and_where_it_goes_on() -> None:
    key = DeliveryKey("evt_1", "books", 2)
    row = EndedRow(key, "acme", START, "exhausted", "schedule", 7, 503, "timeout", "invoice.paid", True)
    page = HistoryPage((row, replace(row, state="delivered", status=204, error=None)), START - 9, (), 40, 3)
    shown = history(page)
    first = shown.rows[0]
    assert (first.event_id, first.generation, first.event_type) == ("evt_1", 2, "invoice.paid")
    assert (first.state, first.reason, first.attempts) == ("exhausted", "schedule", 7)
    assert first.answer == "503, then timeout"
    assert [one.tone for one in shown.rows] == ["red", "green"]
    assert (shown.looked, shown.untold, shown.until) == (40, 3, START - 9)
    assert (answers(page).looked, answers(page).more) == (40, True)
    assert answers(replace(page, until=None)).more is False
    assert set(answers(page).counts) == {("503, then timeout", "exhausted", 1), ("204", "delivered", 1)}


def test_each_try_of_a_test_says_how_it_was_answered_and_whether_it_was_verified() -> None:
    failed = Attempt(1, START, 2500, 401, None, "", "")
    verified = Attempt(2, START, 40, 200, None, "", '{"verified": "evt_1"}')
    view = views.tested(
        "evt_1", a_delivery(attempts=(failed, verified), state=State.DELIVERED), "no more comes"
    )
    assert (view.event_id, view.delivered, view.left) == ("evt_1", True, "")
    first, second = view.tries
    said = '200 \'{"verified": "evt_1"}\''
    assert (first.succeeded, first.answer, first.milliseconds, first.verified) == (False, "401", 2500, None)
    assert first.advice
    assert (second.succeeded, second.answer, second.milliseconds, second.verified) == (True, said, 40, True)
    assert second.said == "The receiver says that it verified the signature of this event."
    assert views.tested("evt_1", a_delivery(attempts=(failed,)), "it waits").left == "it waits"
