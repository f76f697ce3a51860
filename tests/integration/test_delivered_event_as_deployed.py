"""What history and counts add to the write units of a delivered event, counted of the functions as they are
deployed: ten events of one source for one subscription, in full batches."""

import json
import math
import random
from collections.abc import Iterator
from typing import Any

import pytest

from doorbell_cli.ops.counted import KIB, Load
from doorbell_cli.ops.written import FULL_BATCH, written
from tests.integration.as_deployed import deployment
from tests.integration.deployed_parts import ring
from tests.integration.deployed_story import Story
from tests.integration.ops.meter import Meter
from tests.support.gateway import GITHUB_SECRET, github_headers

BARE, MOST_ABOVE = 8, 1.2
"""Write units of an event with one delivery without either, and what both may add at most."""
BODY = json.dumps({"ref": "refs/heads/main", "notes": random.Random(1).randbytes(950).hex()}).encode()
"""2 KB, of which half is left when it is compressed: two units of its event's eight."""


@pytest.fixture
def story(monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    """The five minutes that are counted together do not end while a test runs."""
    monkeypatch.setattr("doorbell.domain.rollups.BUCKET_SECONDS", 1_000_000_000)
    with deployment({}) as deployed:
        told = Story(deployed)
        told.client("ssm").put_parameter(Name="/doorbell/github", Value=GITHUB_SECRET, Type="SecureString")
        told.source("gh", secrets=["ssm:/doorbell/github"])
        told.subscribe("ci", signing="none", secrets=[])
        yield told


def units_of_each(story: Story) -> float:
    """Of ten events that came, were fanned out and were delivered together."""
    meter = Meter()
    meter.listen(story.client("dynamodb"))
    for number in range(FULL_BATCH):
        story.tell("ring", "ingest", ring("gh", BODY, headers=github_headers(BODY, delivery=f"d{number}")))
    assert meter.calls["dynamodb.UpdateItem"] + meter.calls["dynamodb.PutItem"] == 0, "ingest writes nothing"
    for function, queue in (("fanout", "EventsQueue"), ("dispatcher", "DeliveriesQueue")):
        story.tell(function, function, story.take(queue))
    states = [one["state"]["S"] for one in story.items() if one["sk"]["S"].startswith("delivery#")]
    assert states == ["delivered"] * FULL_BATCH
    events = FULL_BATCH * math.ceil(meter.event_bytes / KIB)
    return (meter.write_units + meter.index_units + events) / FULL_BATCH


def switch_off(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    off: dict[str, Any] = {"HISTORY": "undelivered", "ROLLUP_DAYS": 0}
    for name in ("Ingest", "Fanout", "Dispatcher"):
        properties = story.deployment.here.resources[f"{name}Function"]["Properties"]
        there = properties["Environment"]["Variables"]
        for setting in off.keys() & there.keys():
            monkeypatch.setitem(there, setting, off[setting])


def test_history_and_counts_add_at_most_1_2_write_units_to_the_eight_of_a_delivered_event(
    story: Story,
) -> None:
    assert units_of_each(story) == pytest.approx(BARE + MOST_ABOVE)


def test_without_history_and_counts_it_has_eight(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    switch_off(story, monkeypatch)
    assert units_of_each(story) == BARE


def test_doorbell_cost_says_what_is_counted() -> None:
    said = written(Load(events=1e6, fanout=1, body_bytes=len(BODY), retries=0.0))
    assert (said.bare, said.history) == (BARE, 1)
    assert said.history + said.counts_in_tens == pytest.approx(MOST_ABOVE)
    assert said.all == pytest.approx(BARE + 1 + 2 / said.batch)
