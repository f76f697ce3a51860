"""What comes by the inbox queue: messages of EventBridge, SNS, S3 and SQS itself, each as the event it means.

- EventBridge: type, id and time of the envelope, `detail` is the data.
  https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
- CloudEvents 1.0, structured JSON: the same of its attributes, `data` or `data_base64` is the data.
  https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
- SNS without raw delivery: what its message is, if it is one of these; else type `sns.<topic>`, the topic's
  message id, and the message as data. https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
- S3: an event for each record, type `s3.<eventName>`, id of bucket, key and sequencer.
  https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
- An item as `POST /events` takes it, without a tenant: what an input transformer writes.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from doorbell.domain import json_text
from doorbell.domain.inbox import Found, Unreadable
from doorbell.queues.inbox_parts import (
    HOPS,
    MAX_KEY_CHARS,
    hops_told,
    moment,
    next_hop,
    packed_value,
    text_at,
    told_as,
    type_of,
)

OWN = "doorbell"
"""The source of Doorbell's notices on the bus: they are events of the tenant `doorbell` already, and taken in
they would go round."""


def found_in(body: str, message_id: str, hops: str | None) -> Iterator[Found]:
    """What a message means; nothing for what asks for nothing. `hops`: of its message attribute. Raises
    `Unreadable`, which names what is wrong."""
    try:
        message = json_text.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("the message is not JSON") from error
    if not isinstance(message, dict):
        raise Unreadable("the message is no JSON object")
    yield from _meant(message, message_id, next_hop(hops))


def _meant(message: Mapping[str, Any], message_id: str, hops: int) -> Iterator[Found]:
    if _is_sns(message):
        yield from _of_sns(message, hops)
    elif "detail-type" in message and "detail" in message:
        if message.get("source") != OWN:
            yield _of_eventbridge(message, hops)
    elif "specversion" in message:
        yield _of_cloudevents(message, hops)
    elif message.get("Event") == "s3:TestEvent" and "Bucket" in message:
        return  # S3 sends it when the notification is set up
    elif _are_of_s3(message):
        yield from (_of_s3(record, hops) for record in message["Records"])
    elif "type" in message and "data" in message:
        yield _of_item(message, message_id, hops)
    else:
        raise Unreadable(
            "it is neither of EventBridge, SNS, S3 or CloudEvents, nor an object with type and data"
        )


def _of_eventbridge(message: Mapping[str, Any], hops: int) -> Found:
    told = {name: message.get(name) for name in ("source", "account", "region", "time", "resources")}
    return Found(
        key=text_at(message, "id", MAX_KEY_CHARS),
        type=type_of(text_at(message, "detail-type")),
        data=message["detail"],
        at=moment(message.get("time")),
        headers=told_as("eventbridge", told),
        hops=max(hops, hops_told(message.get("resources"))),
    )


def _of_cloudevents(message: Mapping[str, Any], hops: int) -> Found:
    if message.get("specversion") != "1.0":
        raise Unreadable("specversion: only CloudEvents 1.0 are known")
    data = message.get("data")
    if "data_base64" in message:
        data = packed_value(message["data_base64"])
    told = {name: message.get(name) for name in ("source", "subject", "time")}
    source, key = text_at(message, "source"), text_at(message, "id", MAX_KEY_CHARS)
    return Found(
        key=f"{source}\n{key}",  # whole: a longer source is no other event's
        type=type_of(text_at(message, "type")),
        data=data,
        at=moment(message.get("time")),
        headers=told_as("ce", told),
        hops=max(hops, next_hop(message.get("doorbellhops"))),
    )


def _of_sns(message: Mapping[str, Any], hops: int) -> Iterator[Found]:
    if message["Type"] != "Notification":
        raise Unreadable(f"Type: {str(message['Type'])[:40]} of SNS is no notification")
    text, key = text_at(message, "Message"), text_at(message, "MessageId", MAX_KEY_CHARS)
    topic = text_at(message, "TopicArn")
    hops = max(hops, next_hop(_attribute(message, HOPS)))
    try:
        inside = json_text.loads(text)
    except (ValueError, RecursionError):
        inside = text
    if isinstance(inside, dict) and not _is_sns(inside):
        try:
            yield from _meant(inside, key, hops)
            return
        except Unreadable:
            pass  # JSON of the publisher's own
    told = {"topic": topic, "subject": message.get("Subject"), "time": message.get("Timestamp")}
    at = moment(message.get("Timestamp"))
    yield Found(key, type_of(f"sns.{topic.rpartition(':')[2]}"), inside, at, told_as("sns", told), hops)


def _attribute(message: Mapping[str, Any], name: str) -> object:
    """Of SNS's own, which are in the message where it is not delivered raw."""
    given = message.get("MessageAttributes")
    one = given.get(name) if isinstance(given, Mapping) else None
    return one.get("Value") if isinstance(one, Mapping) else None


def _of_s3(record: Mapping[str, Any], hops: int) -> Found:
    try:
        name, stored = record["eventName"], record["s3"]
        bucket, key = stored["bucket"]["name"], stored["object"]["key"]
        parts = [bucket, key, stored["object"].get("versionId", ""), stored["object"].get("sequencer", "")]
        parts.append(name)
        told = {"bucket": bucket, "region": record.get("awsRegion"), "time": record.get("eventTime")}
        unique = json.dumps(parts)
    except (KeyError, TypeError) as error:
        raise Unreadable("a record of S3 without eventName, bucket or key") from error
    at = moment(record.get("eventTime"))
    return Found(unique, type_of(f"s3.{name}"), dict(record), at, told_as("s3", told), hops)


def _of_item(message: Mapping[str, Any], message_id: str, hops: int) -> Found:
    if strange := set(message) - {"id", "type", "data"}:
        raise Unreadable(f"{min(strange)}: an item of the inbox has id, type and data")
    key = text_at(message, "id", MAX_KEY_CHARS) if "id" in message else message_id
    return Found(key, text_at(message, "type"), message["data"], None, {}, hops)


def _is_sns(message: Mapping[str, Any]) -> bool:
    return "Type" in message and "TopicArn" in message


def _are_of_s3(message: Mapping[str, Any]) -> bool:
    records = message.get("Records")
    return (
        isinstance(records, list)
        and bool(records)
        and all(isinstance(one, dict) and one.get("eventSource") == "aws:s3" for one in records)
    )
