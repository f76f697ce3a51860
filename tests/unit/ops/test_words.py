"""What people are told of endpoints, deliveries and events, in words: another for each state."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from doorbell.domain.deliveries import Attempt, DeliveryKey, Lease, State
from doorbell.domain.health import Health
from doorbell.domain.matching import Match, Reason
from doorbell.domain.standing import Lost, Pending, Standing
from doorbell.usecases.explain import Explanation
from doorbell_cli.commands.configuration.healths import health_document, health_text
from doorbell_cli.ops.standings import state
from doorbell_cli.ops.stories import answer, reason_text, timeline
from doorbell_cli.ops.why import say_why
from doorbell_cli.output import Output
from tests.support.builders import a_delivery, a_stored_event
from tests.support.fakes import START

DAY = 86_400.0
FAILED = Health(failures=7, failing_since=START - 60)
HEALTHS = {
    "open": (replace(FAILED, parked_until=START + 60), "PARKED until 2023-11-14 22:14:20"),
    "half_open": (replace(FAILED, parked_until=START - 1), "the next delivery is a probe"),
    "closed": (FAILED, "since 2023-11-14 22:12:20"),
}


@pytest.fixture(autouse=True)
def at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doorbell_cli.commands.configuration.healths.now", lambda: START)


@pytest.mark.parametrize("circuit", HEALTHS)
def test_an_endpoint_is_told_to_be_parked_probed_or_failing_with_its_failures(circuit: str) -> None:
    health, words = HEALTHS[circuit]
    for told in (health_text(health), state(a_standing(health), START)):
        assert words in str(told.value)
        assert "7 failures" in str(told.value)
    document = health_document(health)
    assert (document["circuit"], document["consecutive_failures"]) == (circuit, 7)


def a_standing(health: Health, **changes: Any) -> Standing:
    found = Standing(
        "acme", "ci", health, Pending((), 0, more=False), Lost(START, (), more=False), attempts_allowed=10
    )
    return replace(found, **changes)


def test_an_endpoint_that_is_well_or_not_looked_at_is_not_told_to_fail() -> None:
    assert health_text(Health()).value == state(a_standing(Health()), START).value == "healthy"
    assert not health_text(None).value


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"exists": False}, "deleted: what waits for it is cancelled as it comes up"),
        ({"enabled": False}, "disabled: by hand"),
        (
            {"enabled": False, "off_reason": "gone", "off_since": START},
            "disabled since 2023-11-14 22:13:20: gone",
        ),
        ({"attempts_allowed": None}, "BROKEN: `doorbell check` names the field"),
    ],
)
def test_a_subscription_that_gets_nothing_is_told_why_before_its_endpoints_health(
    changes: dict[str, Any], words: str
) -> None:
    assert state(a_standing(HEALTHS["open"][0], **changes), START).value == words


def test_a_probe_under_way_is_told_apart_from_one_that_is_to_come() -> None:
    probing = replace(FAILED, parked_until=START - 1, probe_until=START + 20)
    told = str(state(a_standing(probing), START).value)
    assert told.startswith("PROBE under way until 2023-11-14 22:13:40")


FAILURE = Attempt(1, START + 5, 20, 500, None, "", "out of order")


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (FAILURE, "500 'out of order'"),
        (replace(FAILURE, status=204, response=""), "204"),
        (
            replace(FAILURE, status=None, error="timeout", detail="late", response=""),
            "timeout 'late'",
        ),
        (replace(FAILURE, status=200, error="body_too_long", response="x"), "200, then body_too_long: 'x'"),
    ],
)
def test_an_attempt_is_told_by_its_status_its_error_or_both_and_by_what_was_said(
    attempt: Attempt, words: str
) -> None:
    assert answer(attempt) == words


def test_a_deliveries_story_ends_with_its_end_with_who_has_it_or_with_what_is_planned() -> None:
    pending = a_delivery(attempts=(FAILURE,), next_attempt_at=START + 300)
    assert list(timeline(pending)) == [
        (START, "created"),
        (START + 5, "attempt 1: 500 'out of order' in 20 ms"),
        (START + 300, "attempt 2 is planned"),
    ]
    claimed = replace(pending, lease=Lease("w1", START + 40))
    assert list(timeline(claimed))[-1] == (START + 40, "a worker has claimed it until then")
    ended = replace(pending, state=State.EXHAUSTED, ended_at=START + 9, due_at=None)
    assert list(timeline(ended))[-1] == (START + 9, "exhausted")
    replayed = replace(pending, key=DeliveryKey("evt_1", "sub_1", 1))
    assert next(timeline(replayed)) == (START, "created by a replay")


def test_every_reason_is_told_in_words_and_each_in_others() -> None:
    told = [reason_text(reason, "unknown function") for reason in Reason]
    assert len(set(told)) == len(Reason)
    assert reason_text(Reason.FILTER_ERROR, "unknown function") == "the filter fails: unknown function"


NO = Match("ci", Reason.FILTER)
WHY = {
    "it matched": ({"then": Match("ci", Reason.MATCHED)}, "ci: it matched. Its deliveries are in"),
    "it did not": ({"then": NO}, "ci: it did not get the event: the filter says no."),
    "not routed yet": ({"then": None, "is_routed": False}, "ci: fan-out has not come to it yet."),
    "not on record": ({"then": None}, "ci: it did not match, or was not there."),
    "gone": ({"exists": False}, "As it is now: there is no such subscription."),
    "broken": ({"now": None, "problem": "url: missing"}, "it is broken, and left out. url: missing"),
    "would match": ({"now": Match("ci", Reason.MATCHED)}, "As it is now: it would match."),
    "would not": ({"now": Match("ci", Reason.SOURCE)}, "As it is now: its source is not listed."),
    "says no date": ({"written_at": None}, "so it may have changed since the event."),
    "changed": ({"written_at": START + 1}, "It has changed since the event, at 2023-11-14 22:13:21"),
    "the same": ({"written_at": START - 1}, "before the event: it said the same then."),
}


@pytest.mark.parametrize("case", WHY)
def test_why_somebody_did_not_get_an_event_is_told_as_it_was_and_as_it_is(
    case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    changes, words = WHY[case]
    found = Explanation(a_stored_event(), "ci", NO, True, exists=True, now=NO, written_at=START - DAY)
    say_why(Output(False), replace(found, **changes))  # type: ignore[arg-type]
    assert words in " ".join(capsys.readouterr().out.split())


def test_nothing_is_said_of_the_changes_of_a_subscription_that_is_gone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    say_why(Output(False), Explanation(a_stored_event(), "ci", NO, True))
    assert "since the event" not in capsys.readouterr().out
