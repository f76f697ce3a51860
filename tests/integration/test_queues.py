"""The queues as SQS has them: what is written can be read, in its group, after its delay."""

from __future__ import annotations

from dataclasses import replace

from doorbell.domain.claims import DeliveryMessage
from doorbell.domain.deliveries import DeliveryKey
from doorbell.domain.events import BodyAt
from doorbell.queues.deliveries import DeliveriesQueueWriter
from doorbell.queues.envelopes import DeliveryEnvelope, EventEnvelope
from doorbell.queues.events import EventsQueueWriter
from doorbell.usecases.enqueue import INLINE_BYTES
from tests.integration.conftest import Aws
from tests.support.builders import a_verified_event

SQS_MESSAGE_BYTES = 262_144


def received(aws: Aws, url: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    while batch := aws.sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0, AttributeNames=["All"]
    ).get("Messages"):
        found += batch
    return found


def test_an_event_travels_through_the_queue(aws: Aws) -> None:
    url = aws.queue("EventsQueue")
    event = a_verified_event(b"\x00\xff")
    EventsQueueWriter(aws.sqs, url).send(event, BodyAt(2, inline=b"\x00\xff"))
    (message,) = received(aws, url)
    incoming = EventEnvelope.model_validate_json(str(message["Body"])).to_domain()
    assert (incoming.event_id, incoming.ingest_id) == (event.event_id, event.ingest_id)
    assert incoming.body == BodyAt(2, inline=b"\x00\xff")


def test_the_events_of_one_body_travel_through_the_queue(aws: Aws) -> None:
    url = aws.queue("EventsQueue")
    events = [replace(a_verified_event(b"%d" % n, key=str(n)), element=n) for n in range(23)]
    EventsQueueWriter(aws.sqs, url).send_all([(e, BodyAt(len(e.body), inline=e.body)) for e in events])
    read = [EventEnvelope.model_validate_json(str(m["Body"])).to_domain() for m in received(aws, url)]
    found = sorted((one.element, one.event_id, one.body.inline) for one in read if one.element is not None)
    assert found == [(event.element, event.event_id, event.body) for event in events]


def test_the_largest_inline_body_fits_a_message_with_headers_to_spare(aws: Aws) -> None:
    url = aws.queue("EventsQueue")
    body = b"x" * INLINE_BYTES
    EventsQueueWriter(aws.sqs, url).send(a_verified_event(body), BodyAt(len(body), inline=body))
    (message,) = received(aws, url)
    assert len(str(message["Body"])) + 10_240 * 6 < SQS_MESSAGE_BYTES, "API Gateway lets in 10 KiB of headers"


def test_delivery_messages_come_in_their_subscriptions_group(aws: Aws) -> None:
    url = aws.queue("DeliveriesQueue")
    wanted = [DeliveryMessage(DeliveryKey("evt_1", f"sub_{n}"), "acme", 1) for n in range(23)]
    DeliveriesQueueWriter(aws.sqs, url).send((message, 0) for message in wanted)
    messages = received(aws, url)
    read = [DeliveryEnvelope.model_validate_json(str(m["Body"])).to_domain() for m in messages]
    assert sorted(read, key=lambda m: m.key) == sorted(wanted, key=lambda m: m.key)
    for message, domain in zip(messages, read, strict=True):
        attributes = message["Attributes"]
        assert isinstance(attributes, dict)
        assert attributes["MessageGroupId"] == f"acme/{domain.key.subscription_id}"


def test_a_delayed_message_is_not_there_yet(aws: Aws) -> None:
    url = aws.queue("DeliveriesQueue")
    message = DeliveryMessage(DeliveryKey("evt_1", "sub_1"), "acme", 2)
    DeliveriesQueueWriter(aws.sqs, url).send([(message, 900)])
    assert received(aws, url) == []
    attributes = aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert attributes["ApproximateNumberOfMessagesDelayed"] == "1"
