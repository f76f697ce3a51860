"""What services of AWS send to the inbox queue becomes events: each with its type, its id, its time."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest

from doorbell.domain.errors import Refusal
from doorbell.domain.inbox import Found, Unreadable
from doorbell.queues.inbox import found_in
from doorbell.runtime.published import parse
from doorbell.signatures.vouching import inbox_event
from doorbell.usecases.take_in import OLDEST_SECONDS, TakeIn
from tests.support.fakes import START, FakeClock, RecordingLog, RecordingMetrics, Sequential

AT = "2023-11-14T22:00:00Z"
EPOCH = 1_699_999_200.0
EVENTBRIDGE: dict[str, Any] = {
    "version": "0",
    "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
    "detail-type": "EC2 Instance State-change Notification",
    "source": "aws.ec2",
    "account": "111122223333",
    "time": AT,
    "region": "eu-central-1",
    "resources": ["arn:aws:ec2:eu-central-1:111122223333:instance/i-1"],
    "detail": {"instance-id": "i-1", "state": "terminated"},
}
CLOUDEVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "A-1",
    "source": "/shop",
    "type": "order.paid",
    "time": AT,
    "data": {"order": 17},
}
S3_RECORD: dict[str, Any] = {
    "eventSource": "aws:s3",
    "eventName": "ObjectCreated:Put",
    "eventTime": AT,
    "awsRegion": "eu-central-1",
    "s3": {"bucket": {"name": "in"}, "object": {"key": "a/b.csv", "size": 3, "sequencer": "0A1B"}},
}


def sns(message: object, **more: Any) -> dict[str, Any]:
    text = message if isinstance(message, str) else json.dumps(message)
    topic = "arn:aws:sns:eu-central-1:111122223333:orders"
    plain = {"Type": "Notification", "MessageId": "m-1", "TopicArn": topic, "Message": text, "Timestamp": AT}
    return {**plain, **more}


def read(message: object, message_id: str = "sqs-1", hops: str | None = None) -> list[Found]:
    return list(found_in(json.dumps(message), message_id, hops))


def only(message: object, **more: Any) -> Found:
    (found,) = read(message, **more)
    return found


def test_an_event_of_eventbridge_is_its_detail_with_the_id_type_and_time_of_its_envelope() -> None:
    found = only(EVENTBRIDGE)
    assert (found.key, found.type) == (EVENTBRIDGE["id"], "EC2_Instance_State-change_Notification")
    assert (found.data, found.at, found.hops) == (EVENTBRIDGE["detail"], EPOCH, 0)
    assert found.headers["eventbridge-source"] == "aws.ec2"
    assert found.headers["eventbridge-resources"].endswith("instance/i-1")


def test_a_cloudevent_is_its_data_and_its_id_counts_with_its_source() -> None:
    found = only(CLOUDEVENT)
    assert (found.type, found.data, found.at) == ("order.paid", {"order": 17}, EPOCH)
    assert found.key != only({**CLOUDEVENT, "source": "/other"}).key
    long = "x" * 300
    sources = [f"{host}/{long}" for host in ("one", "other")]
    assert len({only({**CLOUDEVENT, "source": source}).key for source in sources}) == 2
    packed = {name: value for name, value in CLOUDEVENT.items() if name != "data"}
    packed["data_base64"] = b64encode(b'{"order": 18}').decode()
    assert only(packed).data == {"order": 18}
    assert only({**CLOUDEVENT, "subject": "17"}).headers == {
        "ce-source": "/shop", "ce-subject": "17", "ce-time": AT,
    }  # fmt: skip


def test_a_message_of_sns_is_named_after_its_topic_and_known_by_its_id() -> None:
    found = only(sns({"AlarmName": "high"}, Subject="ALARM"))
    assert (found.key, found.type, found.data) == ("m-1", "sns.orders", {"AlarmName": "high"})
    assert found.headers["sns-subject"] == "ALARM"
    assert only(sns("plain words")).data == "plain words"


@pytest.mark.parametrize("inside", [EVENTBRIDGE, CLOUDEVENT, {"Records": [S3_RECORD]}])
def test_what_comes_by_way_of_sns_is_what_it_is_without(inside: dict[str, Any]) -> None:
    assert read(sns(inside)) == read(inside)


def test_each_record_of_s3_is_an_event_known_by_its_object_and_its_order() -> None:
    later = json.loads(json.dumps(S3_RECORD))
    later["s3"]["object"]["sequencer"] = "0A1C"
    first, second = read({"Records": [S3_RECORD, later]})
    assert first.type == "s3.ObjectCreated:Put"
    assert first.data == S3_RECORD
    assert first.key != second.key
    assert read({"Records": [S3_RECORD]})[0].key == first.key


def test_what_s3_sends_when_it_is_set_up_is_no_event() -> None:
    assert read({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "in", "Time": AT}) == []


def test_doorbells_own_notices_are_not_taken_in_or_they_would_go_round() -> None:
    assert read({**EVENTBRIDGE, "source": "doorbell", "detail-type": "delivery.exhausted"}) == []


def test_an_item_as_publish_takes_it_is_one_and_its_messages_id_stands_in_for_its_own() -> None:
    item = {"id": "order-17", "type": "order.paid", "data": {"order": 17}}
    assert only(item).key == "order-17"
    assert only({"type": "order.paid", "data": 1}).key == "sqs-1"


def test_what_doorbell_has_caused_is_one_hop_further_than_its_cause() -> None:
    assert only(CLOUDEVENT, hops="2").hops == 3
    assert only({**CLOUDEVENT, "doorbellhops": 1}).hops == 2


@pytest.mark.parametrize(
    ("message", "what"),
    [
        ("[1", "not JSON"),
        ([1], "no JSON object"),
        ({"a": 1}, "neither of EventBridge"),
        ({"type": "a", "data": 1, "tenant_id": "acme"}, "tenant_id"),
        ({**EVENTBRIDGE, "id": 7}, "id is not a text"),
        ({**EVENTBRIDGE, "detail-type": ""}, "detail-type"),
        ({**CLOUDEVENT, "specversion": "0.3"}, "specversion"),
        ({**CLOUDEVENT, "data_base64": "*"}, "data_base64"),
        ({**CLOUDEVENT, "doorbellhops": "many"}, "hops"),
        (sns("x", Type="SubscriptionConfirmation"), "SubscriptionConfirmation"),
        ({"Records": [{"eventSource": "aws:s3", "eventName": "x"}]}, "record of S3"),
        ({"type": "a", "id": "i" * 257, "data": 1}, "256 characters"),
    ],
)
def test_what_can_be_no_event_is_refused_with_the_reason(message: object, what: str) -> None:
    text = message if isinstance(message, str) else json.dumps(message)
    with pytest.raises(Unreadable, match=what):
        list(found_in(text, "sqs-1", None))


class Queue:
    def __init__(self) -> None:
        self.sent: list[Any] = []

    def send(self, event: Any, body: Any) -> None:
        self.sent.append(event)

    def send_all(self, events: Any) -> None: ...


def taking(queue: Queue, metrics: RecordingMetrics | None = None) -> TakeIn:
    return TakeIn(
        "acme", found_in, parse, inbox_event, None, queue, FakeClock(START), Sequential("ing"),  # type: ignore[arg-type]
        metrics or RecordingMetrics(), RecordingLog(),
    )  # fmt: skip


def test_it_is_of_the_stacks_tenant_and_the_same_id_is_the_same_event() -> None:
    queue = Queue()
    take = taking(queue)
    for message_id in ("sqs-1", "sqs-2"):
        assert take(json.dumps(EVENTBRIDGE), message_id, None) == 1
    first, again = queue.sent
    assert (first.tenant_id, first.source_id, first.provider) == ("acme", "inbox", "doorbell")
    assert first.event_id == again.event_id
    assert first.ingest_id != again.ingest_id


@pytest.mark.parametrize(
    ("time", "at"),
    [
        ("1999-01-01T00:00:00Z", START - OLDEST_SECONDS),
        ("2999-01-01T00:00:00Z", START),
        ("soon", START),
        ("2023-11-14T22:00:00", START),  # of no zone: it says nothing
        (AT, EPOCH),
    ],
)
def test_it_happened_when_its_envelope_says_but_not_in_the_future_nor_before_what_is_kept(
    time: str, at: float
) -> None:
    queue = Queue()
    taking(queue)(json.dumps({**EVENTBRIDGE, "time": time}), "sqs-1", None)
    assert queue.sent[0].received_at == at


def test_of_a_message_of_which_one_record_is_broken_nothing_is_taken_and_it_is_counted() -> None:
    queue, metrics = Queue(), RecordingMetrics()
    with pytest.raises(Unreadable):
        taking(queue, metrics)(json.dumps({"Records": [S3_RECORD, {"eventSource": "aws:s3"}]}), "sqs-1", None)
    assert queue.sent == []
    assert metrics.counts["Refused"] == 1


def test_a_type_that_no_event_can_have_is_refused_as_publish_refuses_it() -> None:
    queue = Queue()
    with pytest.raises(Refusal, match="type"):
        taking(queue)(json.dumps({"type": "no blanks", "data": 1}), "sqs-1", None)
    assert queue.sent == []


def test_what_comes_by_way_of_a_target_of_doorbell_counts_one_hop_more_wherever_it_stands() -> None:
    """A message attribute, one of SNS, a resource of EventBridge: what the targets write, the inbox reads."""
    from_bus = {**EVENTBRIDGE, "source": "doorbell/shop", "resources": ["evt_1", "doorbell-hops/2"]}
    assert only(from_bus).hops == 3
    attributes = {"doorbell-hops": {"Type": "String", "Value": "2"}}
    assert only(sns({"order": 17}, MessageAttributes=attributes)).hops == 3
    assert only(sns(from_bus)).hops == 3
    assert only(CLOUDEVENT, hops="0").hops == 1
    assert only({**from_bus, "resources": ["doorbell-hops/0"]}).hops == 1
    assert only({**from_bus, "resources": "doorbell-hops/2"}).hops == 0
