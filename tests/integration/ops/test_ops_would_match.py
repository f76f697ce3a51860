"""`replay --would-match`: events that a subscription did not get, and would want as it is now."""

import json
import time
from typing import Any

import pytest

from doorbell.domain.events import BodyAt
from doorbell.domain.matching import Match, Reason
from doorbell.domain.replays import ReplayJob
from doorbell.domain.routing import RoutingPage
from doorbell.store.events.replay_jobs import ReplayTable
from tests.integration.ops.deployed import Doorbell
from tests.integration.ops.test_ops_status import flat
from tests.integration.ops.test_ops_switching import off_since, unwanted

WOULD = ("replay", "--tenant", "acme", "--subscription", "billing", "--since", "1d", "--would-match")


def body(**data: Any) -> BodyAt:
    text = json.dumps(data).encode()
    return BodyAt(len(text), text)


def replayed(doorbell: Doorbell, event_id: str) -> bool:
    return "delivery#billing#0001" in doorbell.items(event_id)


def test_a_dry_run_says_how_many_how_fast_at_what_cost_and_three_examples_and_writes_nothing(
    doorbell: Doorbell,
) -> None:
    ids = [unwanted(doorbell, number, age=600 - number) for number in range(5)]
    told = doorbell.json(*WOULD, "--rate", "2", "--dry-run")
    assert (told["deliveries"], told["per_second"], told["takes"]) == (5, 2, "2 s")
    assert told["cost_usd"] > 0
    assert told["events_read"] == 5
    assert [example.split(" ")[0] for example in told["examples"]] == ids[:3]
    assert "push" in told["examples"][0]
    assert "left out" not in doorbell.run(*WOULD, "--dry-run").stderr
    assert not any(replayed(doorbell, event_id) for event_id in ids)


def test_what_came_while_it_was_off_is_brought_and_what_it_got_is_not(doorbell: Doorbell) -> None:
    got, missed = doorbell.event(1, age=900), unwanted(doorbell, 2, age=800)
    off_since(doorbell, 3600)
    doorbell.run("subscriptions", "enable", "acme/billing")
    told = doorbell.json(*WOULD, "--yes")
    assert (told["written"], told["skipped"]) == (1, {})
    assert replayed(doorbell, missed)
    assert not replayed(doorbell, got)
    item = doorbell.items(missed)["delivery#billing#0001"]
    assert item["state"]["S"] == "pending"
    assert float(item["due_at"]["N"]) == pytest.approx(time.time(), abs=60)


def test_a_mended_filter_brings_what_it_says_yes_to_now_alone(doorbell: Doorbell) -> None:
    doorbell.subscribe("billing", filter="body.paid")
    routing = RoutingPage((Match("billing", Reason.FILTER),), filtered=1)
    wanted = unwanted(doorbell, 1, age=600, body=body(paid=True), routing=routing)
    unwanted(doorbell, 2, age=500, body=body(paid=False), routing=routing)
    told = doorbell.json(*WOULD, "--yes")
    assert told["written"] == 1
    assert replayed(doorbell, wanted)


def test_only_events_of_its_sources_and_types_are_brought_and_of_other_sources_none_is_read(
    doorbell: Doorbell,
) -> None:
    doorbell.subscribe("billing", sources=["github"], event_types=["push"])
    wanted = unwanted(doorbell, 1, age=600)
    several = unwanted(doorbell, 2, age=500, event_type="issues", event_types=("issues", "push"))
    unwanted(doorbell, 3, age=400, event_type="issues")
    unwanted(doorbell, 4, age=300, source_id="elsewhere")
    told = doorbell.json(*WOULD, "--dry-run")
    assert (told["deliveries"], told["events_read"]) == (2, 3)
    assert [example.split(" ")[0] for example in told["examples"]] == [wanted, several]


def test_brought_twice_it_is_made_once(doorbell: Doorbell) -> None:
    missed = unwanted(doorbell, 1, age=600)
    assert doorbell.json(*WOULD, "--yes")["written"] == 1
    again = doorbell.json(*WOULD, "--dry-run")
    assert (again["deliveries"], again["skipped"]) == (0, {"replayed_already": 1})
    assert set(doorbell.items(missed)) == {"event", "delivery#other", "delivery#billing#0001"}


def test_what_its_filter_fails_on_and_what_fan_out_has_not_come_to_is_skipped_and_said(
    doorbell: Doorbell,
) -> None:
    doorbell.subscribe("billing", filter="length(body.items) > `1`")
    unwanted(doorbell, 1, age=600, body=body(items=5))
    young = RoutingPage((Match("aaa", Reason.MATCHED),), after="aaa")
    doorbell.event(2, to="aaa", age=60, routing=young)
    told = doorbell.json(*WOULD, "--dry-run")
    assert (told["deliveries"], told["skipped"]) == (0, {"filter_error": 1, "under_way": 1})


def test_a_job_that_broke_off_goes_on_where_it_was(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorbell.usecases.replay_many.PAGE", 2)
    ids = [unwanted(doorbell, number, age=600 - number) for number in range(5)]
    saved, save = list[ReplayJob](), ReplayTable.save

    def dies(self: ReplayTable, job: ReplayJob) -> bool:
        saved.append(job)
        if len(saved) == 3:
            raise KeyboardInterrupt
        return save(self, job)

    with monkeypatch.context() as dying:
        dying.setattr(ReplayTable, "save", dies)
        assert doorbell.run(*WOULD, "--yes").exit_code != 0
    job = doorbell.json("replay", "--jobs", "--tenant", "acme")[0]["job"]
    told = doorbell.json("replay", "--resume", job)
    assert told["written"] == 5
    assert all(replayed(doorbell, event_id) for event_id in ids)
    assert doorbell.json("replay", "--job", job)["written"] == 5


def test_a_replay_of_what_was_missed_names_it(doorbell: Doorbell) -> None:
    off_since(doorbell, 3600)
    unwanted(doorbell, 1, age=600)
    doorbell.run("subscriptions", "enable", "acme/billing")
    said = flat(doorbell.run(*WOULD[:-1], "--dry-run").stderr)
    assert "--would-match" in said


@pytest.mark.parametrize(
    "more",
    [
        ("replay", "evt_x", "--would-match"),
        ("replay", "--subscription", "billing", "--would-match"),
        (*WOULD, "--status", "exhausted"),
    ],
)
def test_it_goes_with_a_subscription_and_a_time_alone(doorbell: Doorbell, more: tuple[str, ...]) -> None:
    result = doorbell.run(*more)
    assert result.exit_code == 2
