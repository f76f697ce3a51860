"""`doorbell test`: whatever becomes of the wait, a test event is not tried for days."""

from __future__ import annotations

import json
from typing import Any

import pytest

from doorbell.domain.deliveries import Attempt, Delivery, State
from doorbell.domain.errors import Unavailable
from doorbell.store.dynamodb.tables import unmarshal
from doorbell_cli.trial import Trial
from tests.integration.cli.conftest import Shell

CTRL_C = 130


@pytest.fixture
def waiting(shell: Shell) -> Shell:
    """A subscription, and no dispatcher: nobody makes the attempt."""
    shell.put(
        "Subscriptions", tenant_id="default", subscription_id="ci", url="https://127.0.0.1/", signing="none"
    )
    return shell


def delivery(shell: Shell) -> dict[str, Any]:
    """The only one there is."""
    items = shell.target.client("dynamodb").scan(TableName=shell.target.table("Events"))["Items"]
    (found,) = [unmarshal(item) for item in items if item["sk"]["S"].startswith("delivery#")]
    return found


def interrupted(trial: Trial, seconds: float) -> None:
    raise KeyboardInterrupt


def test_a_test_that_nobody_attempts_in_time_is_given_up_and_says_so(waiting: Shell) -> None:
    result = waiting.run("test", "ci", "--wait", "0", code=1)
    assert "No attempt within 0 s; it is not tried again" in result.stderr
    assert (delivery(waiting)["state"], delivery(waiting)["reason"]) == ("cancelled", "test_over")
    assert "due_at" not in delivery(waiting)


ENDS = [
    (State.DELIVERED, 204, 0, "✓ 204 in 12 ms"),
    (State.EXHAUSTED, 503, 1, "exhausted: only_once"),
    (State.CANCELLED, 410, 1, "cancelled: gone"),
]


@pytest.mark.parametrize(("state", "status", "code", "said"), ENDS)
def test_how_it_ends_is_told_by_the_exit_code_as_in_words(
    waiting: Shell, monkeypatch: pytest.MonkeyPatch, state: State, status: int, code: int, said: str
) -> None:
    def ended(trial: Trial, seconds: float) -> Delivery:
        attempt = Attempt(1, 1.0, 12, status, None, "", "")
        reason = said.partition(": ")[2] or None
        return Delivery(
            trial.key, "default", state, 1.0, 1.0, None, 2, (attempt,), ended_at=1.0, reason=reason
        )

    monkeypatch.setattr(Trial, "wait", ended)
    assert said in waiting.run("test", "ci", code=code).stdout
    assert waiting.json("test", "ci", code=code)["delivered"] is (code == 0)


@pytest.mark.parametrize(
    ("word", "verified", "said"),
    [
        ("", None, "does not say whether it verified"),
        ("EVENT", True, "says that it verified the signature of this event"),
        ("evt_another", False, "says that it verified another event"),
    ],
)
def test_what_the_receiver_says_of_the_signature_is_told(
    waiting: Shell, monkeypatch: pytest.MonkeyPatch, word: str, verified: bool | None, said: str
) -> None:
    def delivered(trial: Trial, seconds: float) -> Delivery:
        told = json.dumps({"verified": word.replace("EVENT", trial.key.event_id)} if word else {})
        attempt = Attempt(1, 1.0, 12, 200, None, "", told)
        return Delivery(trial.key, "default", State.DELIVERED, 1.0, 1.0, None, 2, (attempt,), ended_at=1.0)

    monkeypatch.setattr(Trial, "wait", delivered)
    assert said in waiting.run("test", "ci").stdout
    assert waiting.json("test", "ci")["attempts"][0]["verified"] is verified


def test_ctrl_c_gives_it_up_too(waiting: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Trial, "wait", interrupted)
    result = waiting.run("test", "ci", code=CTRL_C)
    assert delivery(waiting)["state"] == "cancelled"
    assert f"{delivery(waiting)['event_id']}: it is not tried again" in result.stderr


def test_with_retry_it_is_left_to_be_tried_like_any_other(waiting: Shell) -> None:
    result = waiting.run("test", "ci", "--wait", "0", "--retry", code=1)
    assert "tried like any other" in result.stderr
    assert delivery(waiting)["state"] == "pending"


def test_one_that_a_worker_has_right_now_is_left_alone_and_said_to_be(
    waiting: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(trial: Trial, seconds: float) -> None:
        key = {"event_id": {"S": trial.event.event_id}, "sk": {"S": "delivery#ci"}}
        waiting.target.client("dynamodb").update_item(
            TableName=waiting.target.table("Events"),
            Key=key,
            UpdateExpression="SET lease_id = :id, lease_until = :until",
            ExpressionAttributeValues={":id": {"S": "a worker's"}, ":until": {"N": "9999999999"}},
        )
        raise KeyboardInterrupt

    monkeypatch.setattr(Trial, "wait", taken)
    result = waiting.run("test", "ci", code=CTRL_C)
    assert "a worker has it right now" in result.stderr
    assert delivery(waiting)["state"] == "pending"


def test_what_could_not_be_given_up_is_said(waiting: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(trial: Trial) -> bool:
        raise Unavailable("dynamodb", "UpdateItem", "InternalServerError")

    monkeypatch.setattr(Trial, "wait", interrupted)
    monkeypatch.setattr(Trial, "give_up", unavailable)
    result = waiting.run("test", "ci", code=CTRL_C)
    assert "could not be ended" in result.stderr
    assert "InternalServerError" in result.stderr


def test_one_that_was_never_queued_has_nothing_to_end(
    waiting: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere(trial: Trial) -> None:
        raise Unavailable("dynamodb", "PutItem", "InternalServerError")

    monkeypatch.setattr(Trial, "start", nowhere)
    result = waiting.run("test", "ci", code=3)
    assert "PutItem" in result.stderr
    assert "not tried again" in result.stderr
