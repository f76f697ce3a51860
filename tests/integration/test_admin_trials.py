"""The admin API's tests: asked for, worked off as their function does, told; nonsense refused."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from doorbell.aws_errors import translated
from doorbell.domain.deliveries import Attempt, State
from doorbell.domain.errors import Unavailable
from doorbell.domain.health import Health
from doorbell.queues.function_call import FunctionCall
from doorbell.runtime import configuring, outbound
from doorbell.store.dynamodb.tables import marshal
from tests.integration.admin_desk import OPERATOR, close_desk, open_desk
from tests.integration.conftest import Aws
from tests.integration.trials_desk import JOBS, WANTED, TrialsDesk, answered

SUBSCRIPTION = {"subscription_id": "sub", "url": "https://example.com", "signing": "none"}


@pytest.fixture
def trials(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[TrialsDesk]:
    ahead, real, begun = [0.0], time.time, list[str]()
    monkeypatch.setattr(time, "time", lambda: real() + ahead[0])
    monkeypatch.setattr(FunctionCall, "__call__", lambda call: begun.append(call.name))
    monkeypatch.setenv("JOBS_FUNCTION", "the-jobs-function")
    found = open_desk(aws, monkeypatch)
    for tenant in ("acme", "other"):
        found.put_raw("Subscriptions", marshal({**SUBSCRIPTION, "tenant_id": tenant}))
    yield TrialsDesk(found, time.time, begun, lambda seconds: ahead.append(ahead.pop() + seconds))
    close_desk()


def test_a_test_is_begun_at_once_sent_to_one_subscription_and_its_outcome_is_on_record(
    trials: TrialsDesk,
) -> None:
    trials.desk.put_raw(
        "Subscriptions", marshal({**SUBSCRIPTION, "tenant_id": "acme", "subscription_id": "b"})
    )
    asked = trials.ask()
    assert (asked["kind"], asked["state"], asked["by"], asked["written"]) == ("test", "queued", OPERATOR, 0)
    assert (asked["test"]["outcome"], asked["test"]["made_at"]) == (None, None)
    assert trials.begun == ["the-jobs-function"]
    trials.outcome = answered(204, response="fine")
    trials.work_off()
    done = trials.shown(asked)
    assert (done["state"], done["problem"], done["written"]) == ("done", "", 1)
    told = done["test"]
    assert (told["outcome"], told["status"], told["response"]) == ("delivered", 204, "fine")
    assert (told["error"], told["reason"], told["advice"]) == (None, "", "")
    (event,) = trials.of_events("event")
    (delivery,) = trials.of_events("delivery#")
    assert (event["event_id"], delivery["sk"]) == (told["event_id"], "delivery#sub")
    assert (event["source_id"], event["event_type"]) == ("doorbell-test", "doorbell.test")
    body = trials.desk.call("GET", f"/admin/events/{told['event_id']}/body").json
    assert body["body"] == '{"message": "a test from doorbell"}'
    assert trials.desk.call("GET", JOBS).json["jobs"] == [done]
    told_of = trials.desk.aws.sqs.receive_message(QueueUrl=trials.desk.aws.queue("EventsQueue"))
    assert "Messages" not in told_of, "no replay.done"


def test_the_type_and_the_body_are_what_was_asked_for(trials: TrialsDesk) -> None:
    done = trials.done(event_type="order.paid", data={"ü": [1, None]})
    (event,) = trials.of_events("event")
    assert (event["event_type"], done["test"]["event_type"]) == ("order.paid", "order.paid")
    body = trials.desk.call("GET", f"/admin/events/{done['test']['event_id']}/body").json
    assert body["body"] == '{"ü": [1, null]}'


@pytest.mark.parametrize(
    ("attempt", "outcome", "says"),
    [
        (answered(404), "failed", ("status", 404)),
        (answered(None, "timeout"), "failed", ("error", "timeout")),
        (answered(None, "address_refused", "a private address"), "not_sent", ("detail", "a private address")),
        (answered(None, "secret_missing", "ssm:/doorbell/x"), "not_sent", ("detail", "ssm:/doorbell/x")),
    ],
)  # fmt: skip
def test_what_failed_is_told_with_what_to_do_and_is_not_tried_again(
    trials: TrialsDesk, attempt: Attempt, outcome: str, says: tuple[str, object]
) -> None:
    trials.outcome = attempt
    done = trials.done()
    field, value = says
    assert (done["state"], done["test"]["outcome"], done["test"][field]) == ("done", outcome, value)
    assert done["test"]["advice"]
    (delivery,) = trials.of_events("delivery#")
    assert (delivery["state"], delivery["reason"], "due_at" in delivery) == ("cancelled", "test_over", False)


def test_what_nobody_tries_in_time_is_not_yet_and_never_will_be(trials: TrialsDesk) -> None:
    asked = trials.ask(wait_seconds=10)
    trials.work_off()
    done = trials.shown(asked)
    assert (done["state"], done["test"]["outcome"]) == ("done", "not_yet")
    trials.outcome = answered(204)
    trials.take()
    (delivery,) = trials.of_events("delivery#")
    assert delivery["state"] == "cancelled"


def test_between_looks_nothing_is_called_and_a_later_call_goes_on(trials: TrialsDesk) -> None:
    asked = trials.ask()
    trials.work_off()
    running = trials.shown(asked)
    assert (running["state"], running["test"]["outcome"], running["written"]) == ("running", None, 1)
    assert trials.work_off() == 0
    trials.skip(60)
    trials.outcome = answered(200)
    trials.take()
    trials.work_off()
    assert trials.shown(asked)["test"]["outcome"] == "delivered"
    assert len(trials.of_events("event")) == 1


def test_a_test_that_is_cancelled_before_it_was_made_sends_nothing(trials: TrialsDesk) -> None:
    one = f"{JOBS}/{trials.ask()['job_id']}"
    cancelled = trials.desk.call("POST", f"{one}/cancel")
    assert (cancelled.status, cancelled.json["state"]) == (200, "cancelled")
    assert (trials.work_off(), trials.of_events("event"), trials.of_events("delivery#")) == (0, [], [])


def test_a_test_that_is_cancelled_while_it_waits_is_not_tried_any_more(trials: TrialsDesk) -> None:
    asked = trials.ask()
    trials.work_off()
    cancelled = trials.desk.call("POST", f"{JOBS}/{asked['job_id']}/cancel").json
    assert (cancelled["state"], cancelled["ended_by"]) == ("cancelled", OPERATOR)
    trials.outcome = answered(204)
    trials.take()
    (delivery,) = trials.of_events("delivery#")
    assert (delivery["state"], delivery["attempts_made"]) == ("cancelled", 0)


def test_a_cancel_that_could_not_end_the_delivery_does_so_when_it_is_asked_again(
    trials: TrialsDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = trials.ask()
    trials.work_off()
    cancel = f"{JOBS}/{asked['job_id']}/cancel"
    with monkeypatch.context() as broken:
        broken.setattr(type(outbound.deliveries()), "record", _unavailable)
        assert trials.desk.call("POST", cancel).status == 503
    trials.skip(60)
    assert trials.desk.call("POST", cancel).json["state"] == "cancelled"
    assert [one["state"] for one in trials.of_events("delivery#")] == ["cancelled"]


def _unavailable(*asked: object, **more: object) -> None:
    raise Unavailable("dynamodb", "UpdateItem", "InternalServerError")


def test_where_its_function_cannot_be_called_a_test_waits_for_the_sweeper(
    trials: TrialsDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(call: FunctionCall) -> None:
        with translated("lambda", "Invoke"):
            raise Unavailable("lambda", "Invoke", "TooManyRequestsException")

    monkeypatch.setattr(FunctionCall, "__call__", unavailable)
    asked = trials.ask()
    trials.outcome = answered(200)
    assert trials.work_off() > 0
    assert trials.shown(asked)["state"] == "done"


@pytest.mark.parametrize(
    ("item", "code"),
    [({"enabled": False}, "subscription_disabled"), ({"paused": True}, "subscription_paused")],
)
def test_a_subscription_that_gets_nothing_now_is_refused_and_says_why(
    trials: TrialsDesk, item: dict[str, Any], code: str
) -> None:
    meanwhile = trials.ask()
    trials.desk.put_raw("Subscriptions", marshal({**SUBSCRIPTION, "tenant_id": "acme", **item}))
    refused = trials.desk.call("POST", JOBS, WANTED)
    assert (refused.status, refused.json["code"]) == (409, code)
    assert "first" in refused.json["detail"]
    trials.work_off()
    assert trials.shown(meanwhile)["problem"] == refused.json["detail"]
    assert (len(trials.desk.call("GET", JOBS).json["jobs"]), trials.of_events("event")) == (1, [])


def test_a_parked_endpoint_is_refused_and_one_that_is_parked_meanwhile_is_what_the_test_waits_for(
    trials: TrialsDesk,
) -> None:
    asked = trials.ask(wait_seconds=5)
    until = time.time() + 600
    configuring.endpoints().write_health("acme/sub", Health(failures=5, parked_until=until))
    refused = trials.desk.call("POST", JOBS, WANTED)
    assert (refused.status, refused.json["code"]) == (409, "endpoint_parked")
    assert "5 failures" in refused.json["detail"]
    trials.work_off_with(_filed)
    done = trials.shown(asked)
    assert (done["test"]["outcome"], done["test"]["reason"]) == ("not_yet", "parked")
    (delivery,) = trials.of_events("delivery#")
    assert delivery["state"] == State.CANCELLED


def _filed(trials: TrialsDesk) -> None:
    """As the dispatcher does with what comes for a parked endpoint."""
    (delivery,) = trials.of_events("delivery#")
    if delivery["state"] == "pending":
        trials.desk.aws.dynamodb.update_item(
            TableName="EventsTable",
            Key=marshal({"event_id": delivery["event_id"], "sk": delivery["sk"]}),
            UpdateExpression="SET shelf = :shelf, shelf_at = :at",
            ExpressionAttributeValues=marshal({":shelf": "acme/sub", ":at": delivery["created_at"]}),
        )


def test_two_tenants_of_the_same_names_have_their_own_tests(trials: TrialsDesk) -> None:
    asked = trials.ask()
    one = f"/admin/tenants/other/jobs/{asked['job_id']}"
    assert trials.desk.call("GET", one).json["code"] == "unknown_job"
    assert trials.desk.call("POST", f"{one}/cancel").status == 404
    trials.outcome = answered(204)
    trials.work_off()
    assert {item["tenant_id"] for item in trials.of_events("delivery#")} == {"acme"}
    assert trials.shown(asked)["test"]["outcome"] == "delivered"


def test_a_subscription_that_is_not_there_is_refused(trials: TrialsDesk) -> None:
    unknown = trials.desk.call("POST", JOBS, {**WANTED, "subscription_id": "nosuch"})
    assert (unknown.status, unknown.json["code"]) == (404, "unknown_subscription")
    assert (trials.desk.call("GET", JOBS).json["jobs"], trials.begun) == ([], [])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"subscription_id": "a b"}, "subscription_id"),
        ({"event_type": "a b"}, "event_type"),
        ({"event_type": ""}, "event_type"),
        ({"event_type": "a" * 129}, "event_type"),
        ({"event_type": 7}, "event_type"),
        ({"data": "a" * 4096}, "data"),
        ({"data": "\ud800"}, "data"),
        ({"wait_seconds": 0}, "wait_seconds"),
        ({"wait_seconds": 3601}, "wait_seconds"),
        ({"wait_seconds": "long"}, "wait_seconds"),
        ({"since": "2020-01-01T00:00:00Z"}, "since"),
        ({"until": None}, "until"),
        ({"states": ["exhausted"]}, "states"),
        ({"per_second": 1}, "per_second"),
        ({"filter": "body"}, "filter"),
        ({"body": "x"}, "body"),
        ({"kind": "preview", "since": "2020-01-01T00:00:00Z", "data": 1}, "data"),
        ({"kind": "replay", "since": "2020-01-01T00:00:00Z", "wait_seconds": 5}, "wait_seconds"),
        ({"kind": "replay"}, "since"),
        ({"kind": "preview"}, "since"),
    ],
)
def test_what_is_wrong_with_a_test_is_named_and_nothing_is_made(
    trials: TrialsDesk, change: dict[str, Any], field: str
) -> None:
    refused = trials.desk.call("POST", JOBS, {**WANTED, **change})
    assert (refused.status, refused.json["field"]) == (422, field), refused.body
    assert refused.json["detail"]
    assert trials.desk.call("GET", JOBS).json["jobs"] == []
    assert trials.begun == []
