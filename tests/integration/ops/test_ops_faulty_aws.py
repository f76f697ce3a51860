"""The operator's commands when AWS does only a part, has an error inside a 200, or moves what one counts."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from doorbell.domain.deliveries import DeliveryKey
from doorbell.store.belongings import removal
from doorbell.store.dynamodb.batch_get import TRIES
from doorbell.store.events.replay_jobs import ReplayTable
from tests.integration.ops.deployed import SHARDS, Doorbell

PURGE = ("purge", "--tenant", "acme", "--yes")
MANY = ("replay", "--tenant", "acme", "--subscription", "billing", "--since", "1h")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log of two days, and nobody waits before a repetition."""
    monkeypatch.setattr("doorbell.runtime.purging.KEPT_DAYS", 2)
    monkeypatch.setattr("doorbell.store.belongings.removal.time.sleep", lambda seconds: None)


def instead(
    doorbell: Doorbell,
    monkeypatch: pytest.MonkeyPatch,
    service: str,
    operation: str,
    does: Callable[..., Any],
) -> None:
    """`does(real, **call)` in place of the operation."""
    client = doorbell.target.client(service)
    real = getattr(client, operation)
    monkeypatch.setattr(client, operation, lambda **call: does(real, **call))


def half_of_it(real: Callable[..., Any], *, RequestItems: dict[str, list[Any]]) -> dict[str, Any]:
    """BatchWriteItem under throttling: one entry is done, the others are handed back."""
    ((table, requests),) = RequestItems.items()
    real(RequestItems={table: requests[:1]})
    return {"UnprocessedItems": {table: requests[1:]} if requests[1:] else {}}


def test_what_a_batch_left_undone_is_asked_for_again_until_it_is_done(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [doorbell.event(number) for number in range(3)]
    for name in ("b", "c", "d"):
        doorbell.subscribe(name)
    instead(doorbell, monkeypatch, "dynamodb", "batch_write_item", half_of_it)
    proof = doorbell.json(*PURGE)
    assert (proof["found"]["events"], proof["found"]["subscriptions"]) == (3, 4)
    assert set(proof["left"].values()) == {0}
    assert [doorbell.items(event_id) for event_id in ids] == [{}, {}, {}]


def test_a_batch_that_is_never_done_ends_the_purge_with_an_error_of_aws(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    doorbell.event(1)
    calls = list[Any]()

    def nothing(real: Callable[..., Any], **call: Any) -> dict[str, Any]:
        calls.append(call)
        return {"UnprocessedItems": call["RequestItems"]}

    instead(doorbell, monkeypatch, "dynamodb", "batch_write_item", nothing)
    result = doorbell.run(*PURGE)
    assert result.exit_code == 3
    assert "UnprocessedItems" in result.stderr
    assert len(calls) == removal.TRIES


def test_an_object_that_s3_kept_with_a_200_ends_the_purge_with_an_error_of_aws(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    doorbell.target.client("s3").put_object(Bucket="bodies", Key="acme/1", Body=b"x")
    errors = [{"Key": "acme/1", "Code": "AccessDenied", "Message": "no"}]
    instead(doorbell, monkeypatch, "s3", "delete_objects", lambda real, **call: {"Errors": errors})
    result = doorbell.run(*PURGE)
    assert result.exit_code == 3
    assert "AccessDenied" in result.stderr


@pytest.mark.parametrize("kind", ["events", "bodies", "subscriptions"])
def test_a_purge_says_what_is_left_and_ends_with_one(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Of each kind: a deletion that seems to have been done."""
    doorbell.event(1)
    doorbell.target.client("s3").put_object(Bucket="bodies", Key="acme/1", Body=b"x")
    table = {"events": "EventsTable", "subscriptions": "SubscriptionsTable"}.get(kind)

    def seems(real: Callable[..., Any], **call: Any) -> Any:
        return {} if table is None or table in call.get("RequestItems", {}) else real(**call)

    service, operation = ("s3", "delete_objects") if table is None else ("dynamodb", "batch_write_item")
    instead(doorbell, monkeypatch, service, operation, seems)
    result = doorbell.run(*PURGE, "--json")
    assert result.exit_code == 1
    left = {name: count for name, count in json.loads(result.stdout)["left"].items() if count}
    assert left == {kind: 1}


def dead_letter(doorbell: Doorbell, number: int, queue: str = "DeliveriesDeadLetter") -> None:
    doorbell.target.client("sqs").send_message(
        QueueUrl=doorbell.target.queue_url(queue),
        MessageBody=json.dumps({"event_id": f"evt_{number}"}),
        MessageGroupId=f"acme/{number}",
    )


def test_a_message_goes_back_in_its_group_and_is_deleted_after_it_was_sent(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that fair queues know whose it is, and a crash between the two loses nothing."""
    done = list[tuple[str, str, str | None]]()

    def noted(name: str) -> Callable[..., Any]:
        def call_(real: Callable[..., Any], **call: Any) -> Any:
            done.append((name, call["QueueUrl"].rpartition("/")[2], call.get("MessageGroupId")))
            return real(**call)

        return call_

    for number in range(2):
        dead_letter(doorbell, number)
    for operation in ("send_message", "delete_message"):
        instead(doorbell, monkeypatch, "sqs", operation, noted(operation))
    assert doorbell.json("dlq", "redrive", "deliveries") == {"queue": "deliveries", "moved": 2, "left": 0}
    assert [(name, queue) for name, queue, _ in done] == [
        ("send_message", "Deliveries"),
        ("delete_message", "DeliveriesDeadLetter"),
    ] * 2
    assert {group for name, _, group in done if name == "send_message"} == {"acme/0", "acme/1"}


def test_a_redrive_that_breaks_off_between_send_and_deletion_loses_no_message(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead_letter(doorbell, 1)

    def dies(real: Callable[..., Any], **call: Any) -> Any:
        raise KeyboardInterrupt

    instead(doorbell, monkeypatch, "sqs", "delete_message", dies)
    doorbell.run("dlq", "redrive", "deliveries")
    assert doorbell.messages("Deliveries") == [{"event_id": "evt_1"}]
    assert doorbell.run("dlq", "list", "--peek", "0").exit_code == 1, "hidden is not gone"


def test_a_redrive_stops_at_its_limit_and_says_what_is_left(doorbell: Doorbell) -> None:
    for number in range(13):
        dead_letter(doorbell, number)
    told = doorbell.json("dlq", "redrive", "deliveries", "--limit", "12")
    assert (told["moved"], told["left"]) == (12, 1)


def test_messages_that_somebody_has_in_hand_or_that_are_delayed_are_counted(doorbell: Doorbell) -> None:
    for number in range(2):
        dead_letter(doorbell, number, "EventsDeadLetter")
    url = doorbell.target.queue_url("EventsDeadLetter")
    doorbell.target.client("sqs").receive_message(QueueUrl=url, VisibilityTimeout=600)
    doorbell.target.client("sqs").send_message(QueueUrl=url, MessageBody="{}", DelaySeconds=600)
    told = doorbell.json("dlq", "list", "--peek", "0")
    assert {name: held["messages"] for name, held in told.items()} == {
        "events": 3,
        "deliveries": 0,
        "scheduler": 0,
    }


def test_a_dead_letter_is_gone_fourteen_days_after_it_was_sent(doorbell: Doorbell) -> None:
    dead_letter(doorbell, 1)
    (sample,) = doorbell.json("dlq", "list")["deliveries"]["samples"]
    sent, gone = (datetime.fromisoformat(sample[name]) for name in ("sent_at", "gone_at"))
    assert gone - sent == timedelta(days=14)
    assert abs(datetime.now(UTC) - sent) < timedelta(hours=1)


def test_a_message_that_comes_twice_while_one_looks_is_shown_once(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead_letter(doorbell, 1)
    answers = list[Any]()

    def again(real: Callable[..., Any], **call: Any) -> Any:
        answers.append(real(**call) if not answers else answers[0])
        return answers[0]

    instead(doorbell, monkeypatch, "sqs", "receive_message", again)
    assert len(doorbell.json("dlq", "list")["deliveries"]["samples"]) == 1


def unprocessed(times: int) -> Callable[..., Any]:
    """BatchGetItem that answers one key at a time, or none for as long as `times` says."""
    count = 0

    def get(real: Callable[..., Any], *, RequestItems: dict[str, dict[str, Any]]) -> Any:
        nonlocal count
        ((table, asked),) = RequestItems.items()
        count += 1
        if count <= times:
            return {"Responses": {}, "UnprocessedKeys": RequestItems}
        answer = real(RequestItems={table: {**asked, "Keys": asked["Keys"][:1]}})
        rest = {table: {**asked, "Keys": asked["Keys"][1:]}} if asked["Keys"][1:] else {}
        return {"Responses": answer["Responses"], "UnprocessedKeys": rest}

    return get


def test_what_a_read_of_many_left_out_is_read_and_the_estimate_is_what_is_written_then(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        doorbell.event(number, state="exhausted")
    doorbell.event(3)
    instead(doorbell, monkeypatch, "dynamodb", "batch_get_item", unprocessed(1))
    told = doorbell.json(*MANY, "--dry-run")
    written = doorbell.json(*MANY, "--yes")
    assert (told["deliveries"], written["written"]) == (3, 3)
    assert (told["skipped"], written["skipped"]) == ({}, {})


def test_a_read_of_many_that_is_never_answered_is_an_error_and_no_estimate_of_less(
    doorbell: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    doorbell.event(1, state="exhausted")
    instead(doorbell, monkeypatch, "dynamodb", "batch_get_item", unprocessed(TRIES))
    result = doorbell.run(*MANY, "--dry-run")
    assert result.exit_code == 3
    assert "UnprocessedKeys" in result.stderr


def test_states_are_told_of_the_deliveries_that_the_job_made_and_of_no_others(doorbell: Doorbell) -> None:
    mine, other = doorbell.event(1, state="exhausted"), doorbell.event(2, state="exhausted")
    doorbell.run("replay", other, "--subscription", "billing")
    job = doorbell.json(*MANY, "--yes")
    assert (job["written"], job["skipped"]) == (1, {"replayed_already": 1})
    assert doorbell.json("replay", "--job", job["job"])["states"] == {"pending": 1}
    table = ReplayTable(doorbell.target.client("dynamodb"), "EventsTable", SHARDS)
    keys = [DeliveryKey(event_id, "billing", 1) for event_id in (mine, other)]
    assert [table.kept(keys)[key].job for key in keys] == [job["job"], None]
