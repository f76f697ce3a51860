"""Counts, as the functions are deployed: what they say of a story, and that nothing hangs on them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from doorbell.domain.rollups import ANSWER, LATENCY
from doorbell.domain.scales import bucket_of
from doorbell.store.dynamodb.tables import unmarshal
from tests.integration.as_deployed import deployment
from tests.integration.deployed_parts import ring
from tests.integration.deployed_story import Story
from tests.support.gateway import GITHUB_SECRET, PUSH, github_headers

SUBSCRIBER_MS = 12
"""What each answer takes: `as_deployed.Peer`."""


@pytest.fixture
def story() -> Iterator[Story]:
    with deployment({"down": 500}) as deployed:
        told = Story(deployed)
        told.client("ssm").put_parameter(Name="/doorbell/github", Value=GITHUB_SECRET, Type="SecureString")
        told.source("gh", secrets=["ssm:/doorbell/github"])
        for name in ("ci", "down"):
            told.subscribe(name, signing="none", secrets=[])
        yield told


def holder_of(key: str) -> str:
    """Its first key. Which of them an environment adds to is by chance."""
    return "#".join(key.split("#")[:2])


def counts(story: Story) -> dict[str, dict[str, Any]]:
    """By holder. A test may run over the end of five minutes: they are added up."""
    found: dict[str, dict[str, Any]] = {}
    for item in map(unmarshal, story.client("dynamodb").scan(TableName="RollupsTable")["Items"]):
        mine = found.setdefault(holder_of(item["holder"]), {})
        for name in item.keys() - {"holder", "at", "expires_at"}:
            mine[name] = mine.get(name, 0) + item[name]
    return found


def tell(story: Story, events: int) -> list[dict[str, Any]]:
    """Rings, fans out and delivers `events`, one unsigned request, and one duplicate; what was answered."""
    for number in range(events):
        story.tell("ring", "ingest", ring("gh", headers=github_headers(PUSH, delivery=f"d{number}")))
    story.tell("again", "ingest", ring("gh", headers=github_headers(PUSH, delivery="d0")))
    refused = story.tell("unsigned", "ingest", ring("gh", headers={"x-github-event": "push"}))
    unknown = story.tell("unknown", "ingest", ring("nobody"))
    answers = [refused, unknown, story.tell("fan", "fanout", story.take("EventsQueue"))]
    records = story.take("DeliveriesQueue")["Records"]
    for name in ("ci", "down"):
        batch = [one for one in records if json.loads(one["body"])["subscription_id"] == name]
        answers.append(story.tell(name, "dispatcher", {"Records": batch}))
    return answers


def test_what_happened_is_counted_at_its_source_and_at_each_subscription(story: Story) -> None:
    tell(story, 4)
    found = counts(story)
    assert set(found) == {"source#acme/gh", "subscription#acme/ci", "subscription#acme/down"}
    assert found["source#acme/gh"] == {"accepted": 4, "duplicates": 1, "refused.signature_missing": 1}
    delivered, down = found["subscription#acme/ci"], found["subscription#acme/down"]
    answered = {f"{ANSWER}{bucket_of(SUBSCRIBER_MS / 1000)}": 4}
    latencies = {name: n for name, n in delivered.items() if name[0] == LATENCY and name[1:].isdecimal()}
    assert sum(latencies.values()) == 4
    assert delivered == {"delivered": 4, **answered, **latencies}
    assert down == {"failed.5xx": 4, **answered}


def test_ten_deliveries_of_one_endpoint_in_a_batch_are_one_write_of_its_counts(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """0.1 write units each, where 0.2 are allowed; and the ten events 0.1 each."""
    written = list[str]()

    def counting(params: dict[str, Any], model: Any, **_: Any) -> None:
        if params.get("TableName") == "RollupsTable":
            written.append(holder_of(params["Key"]["holder"]["S"]))

    story.client("dynamodb").meta.events.register("provide-client-params.dynamodb.UpdateItem", counting)
    for number in range(10):
        story.tell("ring", "ingest", ring("gh", headers=github_headers(PUSH, delivery=f"d{number}")))
    assert written == [], "an accepted event writes no table"
    story.tell("fan", "fanout", story.take("EventsQueue"))
    assert written == ["source#acme/gh"]
    records = [
        one
        for one in story.take("DeliveriesQueue")["Records"]
        if json.loads(one["body"])["subscription_id"] == "ci"
    ]
    story.tell("deliver", "dispatcher", {"Records": records})
    assert written == ["source#acme/gh", "subscription#acme/ci"]
    assert counts(story)["subscription#acme/ci"]["delivered"] == 10


def test_where_counts_cannot_be_written_everything_is_answered_recorded_and_delivered_all_the_same(
    story: Story, capsys: pytest.CaptureFixture[str]
) -> None:
    story.client("dynamodb").delete_table(TableName="RollupsTable")
    refused, unknown, *batches = tell(story, 4)
    assert (refused["statusCode"], unknown["statusCode"]) == (401, 404)
    assert batches == [{"batchItemFailures": []}] * 3
    states = [item["state"]["S"] for item in story.items() if item["sk"]["S"].startswith("delivery#")]
    assert sorted(states) == ["delivered"] * 4 + ["pending"] * 4
    assert capsys.readouterr().out.count('"rollup_lost"') == 4  # a refusal, the source, two endpoints


def test_with_no_days_nothing_is_counted(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("Ingest", "Fanout", "Dispatcher"):
        properties = story.deployment.here.resources[f"{name}Function"]["Properties"]
        monkeypatch.setitem(properties["Environment"]["Variables"], "ROLLUP_DAYS", 0)
    tell(story, 2)
    assert counts(story) == {}
