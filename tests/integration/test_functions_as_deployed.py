"""`functions/*/app.py`: what each makes of the event that AWS hands it, of the time left, of a fault."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from doorbell.domain.deliveries import Delivery, DeliveryKey, State
from doorbell.domain.own_events import LATE
from doorbell.runtime import inbound, publishing, sweeping
from doorbell.store.deliveries.deliveries import DeliveryTable
from doorbell.usecases.watch_itself import LATE_SECONDS
from tests.integration.admin_desk import api_event
from tests.integration.as_deployed import deployment
from tests.integration.deployed_incidents import incidents
from tests.integration.deployed_parts import ring
from tests.integration.deployed_story import Story
from tests.support.gateway import GITHUB_SECRET, PUSH, github_headers

TENANT, SHARDS = "acme", 32
ENOUGH, TOO_LITTLE, NO_TIME = 50_000, 20_000, 9_000
"""Milliseconds. An attempt takes 15 s, and as many to record it; a sweep stops ten before its end."""
DUE = 40
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def story() -> Iterator[Story]:
    with deployment({}) as deployed:
        told = Story(deployed)
        told.client("ssm").put_parameter(Name="/doorbell/github", Value=GITHUB_SECRET, Type="SecureString")
        told.source("gh", secrets=["ssm:/doorbell/github"])
        told.subscribe("ci", signing="none", secrets=[])
        yield told


def answered(answer: dict[str, Any]) -> tuple[int, str]:
    return answer["statusCode"], json.loads(answer["body"])["code"]


def breaks(*args: Any, **kwargs: Any) -> Any:
    raise ZeroDivisionError("hunter2")


def test_a_fault_of_ingests_own_is_a_500_that_asks_for_the_request_again_and_tells_nothing(
    story: Story, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(inbound, "accept", lambda: breaks)
    answer = story.tell("ring", "ingest", ring("gh"))
    assert answered(answer) == (500, "internal_error")
    assert "hunter2" not in json.dumps(answer)
    assert "ingest_failed" in capsys.readouterr().out


def test_a_fault_of_publishs_own_is_a_500_that_asks_for_the_event_again_and_tells_nothing(
    story: Story, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(publishing, "publish", lambda: breaks)
    answer = story.tell("event", "publish", api_event("POST", "/events", b"{}"))
    assert answered(answer) == (500, "internal_error")
    assert "hunter2" not in json.dumps(answer)
    assert "publish_failed" in capsys.readouterr().out


@pytest.mark.parametrize("function", ["ingest", "publish"])
def test_a_body_that_cannot_be_read_is_refused_and_is_no_fault_of_ours(story: Story, function: str) -> None:
    event = ring("gh") if function == "ingest" else api_event("POST", "/events")
    answer = story.tell("spoilt", function, {**event, "body": "no base64!"})
    assert answered(answer) == (400, "body_malformed")
    assert story.take("EventsQueue")["Records"] == []


def test_who_is_nobody_to_iam_publishes_nothing_and_what_somebody_does_bears_the_trace_it_came_with(
    story: Story,
) -> None:
    item = json.dumps({"type": "a", "data": {}, "tenant_id": TENANT}).encode()
    event = api_event("POST", "/events", item)
    event["headers"]["traceparent"] = TRACE
    nobody = {**event, "requestContext": {**event["requestContext"], "authorizer": {}}}
    assert answered(story.tell("nobody", "publish", nobody))[0] == 403
    assert story.take("EventsQueue")["Records"] == []
    assert story.tell("somebody", "publish", event)["statusCode"] == 202
    (record,) = story.take("EventsQueue")["Records"]
    assert json.loads(record["body"])["headers"]["traceparent"] == TRACE


def test_what_comes_by_the_inbox_counts_on_from_where_its_message_says_it_has_been(story: Story) -> None:
    record = {"messageId": "m-1", "body": json.dumps({"type": "a", "data": {}}), "attributes": {}}
    told = {"doorbell-hops": {"stringValue": "2", "dataType": "String"}}
    for number, attributes in enumerate(({}, told)):
        one = {**record, "messageId": f"m-{number}", "messageAttributes": attributes}
        assert failed(story.tell(f"taken in {number}", "inbox", {"Records": [one]})) == set()
    records = story.take("EventsQueue")["Records"]
    hops = sorted(json.loads(one["body"]).get("hops", 0) for one in records)
    assert hops == [0, 3]


def test_a_source_below_a_source_is_nobodys_and_a_slash_at_the_end_is_none(story: Story) -> None:
    for path, status in (("gh/", 202), ("gh/below", 404)):
        event = ring(path)
        event["pathParameters"] = {"source_id": "gh", "proxy": path.removeprefix("gh/")}
        assert story.tell(path, "ingest", event)["statusCode"] == status


def test_an_event_is_dated_by_when_the_request_came_in_seconds(story: Story) -> None:
    event = ring("gh")
    came = int(time.time() * 1000) - 2_500
    event["requestContext"]["timeEpoch"] = came
    assert story.tell("ring", "ingest", event)["statusCode"] == 202
    (record,) = story.take("EventsQueue")["Records"]
    assert json.loads(record["body"])["received_at"] == came / 1000


def deliveries(story: Story, count: int) -> dict[str, Any]:
    """Messages of so many new deliveries."""
    with story.deployment.function("ingest") as ingest:
        for number in range(count):
            ingest(ring("gh", headers=github_headers(PUSH, delivery=f"d{number}")))
    story.tell("fanned out", "fanout", story.take("EventsQueue"))
    return story.take("DeliveriesQueue")


def failed(answer: dict[str, Any]) -> set[str]:
    return {one["itemIdentifier"] for one in answer["batchItemFailures"]}


@pytest.mark.parametrize("count", [1, 3])
def test_a_dispatcher_with_too_little_time_begins_no_attempt_and_the_messages_come_again(
    story: Story, count: int
) -> None:
    batch = deliveries(story, count)
    ids = {record["messageId"] for record in batch["Records"]}
    assert failed(story.tell("late", "dispatcher", batch, TOO_LITTLE)) == ids
    assert story.deployment.peer.got == []
    assert failed(story.tell("in time", "dispatcher", batch, ENOUGH)) == set()
    assert len(story.deployment.peer.got) == count


def test_a_message_that_nobody_can_read_comes_again_and_its_neighbours_do_not(story: Story) -> None:
    broken = {"messageId": "broken", "body": "{", "attributes": {}}
    batch = deliveries(story, 2)
    assert failed(story.tell("some", "dispatcher", {"Records": [*batch["Records"], broken]})) == {"broken"}
    assert len(story.deployment.peer.got) == 2
    story.tell("ring", "ingest", ring("gh"))
    records = story.take("EventsQueue")["Records"]
    assert failed(story.tell("some", "fanout", {"Records": [broken, *records]})) == {"broken"}
    assert len(story.take("DeliveriesQueue")["Records"]) == 1


def test_a_message_that_comes_again_after_its_outcome_has_its_successor_seen_to(story: Story) -> None:
    """Its outcome is on record, and its next message was never sent."""
    story.deployment.peer.statuses = {"ci": 500}
    batch = deliveries(story, 1)
    story.tell("tried", "dispatcher", batch)
    story.client("sqs").purge_queue(QueueUrl=story.deployment.here.outputs["DeliveriesQueueUrl"])
    (item,) = [one for one in story.items(state="pending") if "due_at" in one]
    story.age(item, next_attempt_at=time.time())
    (record,) = batch["Records"]
    again = {**record, "attributes": {"ApproximateReceiveCount": "2"}}
    story.tell("seen first", "dispatcher", batch)
    assert story.take("DeliveriesQueue")["Records"] == []
    story.tell("seen again", "dispatcher", {"Records": [again]})
    (next_message,) = story.take("DeliveriesQueue")["Records"]
    assert json.loads(next_message["body"])["attempt"] == 2


def test_a_sweep_with_no_time_left_moves_one_shard_on_and_leaves_the_others_to_the_next(story: Story) -> None:
    table, since = DeliveryTable(story.client("dynamodb"), "EventsTable", SHARDS), time.time() - 60
    for number in range(DUE):
        key = DeliveryKey(f"evt_{number}", "ci")
        table.create([Delivery(key, TENANT, State.PENDING, since, since, since, int(since) + 86_400)])
    first = story.tell("no time", "sweeper", {}, NO_TIME)["swept"]
    assert first < DUE / 2
    assert story.tell("time", "sweeper", {}, ENOUGH)["swept"] == DUE - first
    assert len(story.take("DeliveriesQueue")["Records"]) == DUE


@pytest.mark.parametrize(("late_by", "kinds"), [(LATE_SECONDS + 60, [LATE]), (60, [])])
def test_a_sweep_that_finds_what_was_due_long_ago_has_it_told_to_people(
    story: Story, late_by: float, kinds: list[str]
) -> None:
    table, since = DeliveryTable(story.client("dynamodb"), "EventsTable", SHARDS), time.time() - late_by
    table.create(
        [Delivery(DeliveryKey("evt", "ci"), TENANT, State.PENDING, since, since, since, int(since) + 86_400)]
    )
    assert story.tell("late", "sweeper", {}, ENOUGH) == {"swept": 1}
    assert [item["kind"] for item in incidents(story)] == kinds


def test_a_sweep_is_told_to_stop_ten_seconds_before_its_functions_end(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = list[float]()

    def sweep(*, stop_at: float) -> int:
        told.append(stop_at)
        return 7

    monkeypatch.setattr(sweeping, "sweep", lambda *measured: sweep)
    before = time.time()
    assert story.tell("sweep", "sweeper", {}, ENOUGH) == {"swept": 7}
    assert before <= told[0] - (ENOUGH / 1000 - 10) <= time.time()


def test_lines_of_a_call_of_the_api_bear_the_id_that_its_access_log_has(
    story: Story, capsys: pytest.CaptureFixture[str]
) -> None:
    event = ring("gh")
    event["requestContext"]["requestId"] = "the-id-of-this-one"
    story.tell("ring", "ingest", event)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["correlation_id"] for one in lines if one.get("message") == "accepted"] == [
        "the-id-of-this-one"
    ]
    assert not [one for one in lines if "_aws" in one], "where there is no dashboard it is no metric"
