"""Functions that work while there is time: each stops before its end, and leaves out no part of its work."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from doorbell.domain import listening
from doorbell.domain.deliveries import Delivery, DeliveryKey, State
from doorbell.runtime import backfilling, fanning_out, indexing, sweeping, telling, working_off
from doorbell.store.deliveries.deliveries import DeliveryTable
from tests.integration.as_deployed import deployment
from tests.integration.deployed_story import Story

MINUTES = 240_000
"""Milliseconds."""
STOPS = {
    "jobs": (working_off, "work_off", 60),
    "backfill": (backfilling, "back_fill_due", 40),
    "indexer": (indexing, "certify", 30),
}


@pytest.fixture
def story() -> Iterator[Story]:
    with deployment({}) as deployed:
        yield Story(deployed)


@pytest.mark.parametrize("function", STOPS)
def test_who_works_while_there_is_time_stops_that_many_seconds_before_the_end(
    story: Story, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    module, name, seconds = STOPS[function]
    told = list[float]()

    def work(*, stop_at: float) -> int:
        told.append(stop_at)
        return 7

    monkeypatch.setattr(module, name, lambda: work)
    before = time.time()
    assert list(story.tell("called", function, {}, MINUTES).values()) == [7]
    assert before <= told[0] - (MINUTES / 1000 - seconds) <= time.time()


def test_fan_out_is_told_how_many_seconds_are_left_whenever_it_asks(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = list[float]()

    class Asking:
        def __init__(self, fan_out: object, event: object, time_left: Callable[[], float]) -> None:
            self.time_left = time_left

        def handle(self, event: object) -> dict[str, Any]:
            left.extend((self.time_left(), self.time_left()))
            return {"batchItemFailures": []}

    monkeypatch.setattr(fanning_out, "batch_of", Asking)
    story.tell("fanned out", "fanout", {"Records": []}, MINUTES)
    assert left == [MINUTES / 1000, MINUTES / 1000]


def test_every_minute_each_part_of_the_sweeper_has_its_turn_and_telling_is_the_last(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns, ends = list[str](), dict[str, float]()

    def part(name: str, fails: bool = False) -> Callable[..., Any]:
        def work(*, stop_at: float = 0.0) -> int:
            turns.append(name)
            ends[name] = stop_at
            if fails:
                raise ZeroDivisionError
            return 0

        return work

    for name in ("fly_canaries", "call_wakes", "call_jobs"):
        monkeypatch.setattr(sweeping, name, lambda name=name: part(name))
    monkeypatch.setattr(sweeping, "sweep", lambda measured: part("sweep", fails=True))
    monkeypatch.setattr(telling, "telling", lambda measured: part("tell"))
    before = time.time()
    with pytest.raises(ZeroDivisionError):
        story.tell("tick", "sweeper", {}, MINUTES)
    assert turns == ["fly_canaries", "call_wakes", "call_jobs", "sweep", "tell"]
    assert before <= ends["tell"] - (MINUTES / 1000 - 5) <= time.time(), "it is told though the sweep failed"


@pytest.mark.parametrize(("failed", "items"), [(None, []), ("e2", [{"itemIdentifier": "e2"}])])
def test_the_first_change_that_could_not_be_filed_comes_again_and_all_behind_it(
    story: Story, monkeypatch: pytest.MonkeyPatch, failed: str | None, items: list[dict[str, str]]
) -> None:
    asked = list[dict[str, str]]()

    def index_changes(changes: list[dict[str, str]]) -> str | None:
        asked.extend(changes)
        return failed

    monkeypatch.setattr(indexing, "change_of", lambda record: record)
    monkeypatch.setattr(indexing, "index_changes", lambda: index_changes)
    records = [{"eventID": f"e{number}"} for number in range(3)]
    assert story.tell("changes", "indexer", {"Records": records}) == {"batchItemFailures": items}
    assert asked == records


def test_a_listener_that_is_away_for_good_is_ended_with_its_queue_and_one_that_is_there_is_not(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "LOOK_EVERY_MINUTES", 1)
    story.listener()
    for seen, there in ((60, True), (-1, False)):
        story.listener_seen(time.time() + seen)
        story.tell("tick", "sweeper", {}, MINUTES)
        assert story.listening() == (there, there, there)


def test_what_was_swept_is_looked_at_again_a_grace_later_as_the_stacks_parameter_says(story: Story) -> None:
    since = time.time() - 60
    table = DeliveryTable(story.client("dynamodb"), "EventsTable", 32)
    key = DeliveryKey("evt_1", "ci")
    table.create([Delivery(key, "acme", State.PENDING, since, since, since, int(since) + 86_400)])
    before = time.time()
    assert story.tell("tick", "sweeper", {}, 50_000) == {"swept": 1}
    grace = float(story.deployment.here.parameters["GraceSeconds"])
    (item,) = story.items(event_id="evt_1")
    assert before + grace - 1 <= float(item["due_at"]["N"]) <= time.time() + grace + 1
