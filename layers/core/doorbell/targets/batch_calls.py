"""The calls that take many entries, and each entry's own answer.

Of each service: how many entries, how many bytes of them together, and where it says so.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from doorbell.domain.company import Room
from doorbell.targets import eventbridge, sqs
from doorbell.targets.service import IDS

OK, FAULT = 200, 500
KINESIS_BYTES: Final = 5 * 1024 * 1024
FIREHOSE_BYTES: Final = 4_000_000
SNS_BYTES: Final = 262_144

type Parameters = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one: `code` None = it was taken, under this id. `status` as an answer of its own would
    have had it."""

    code: str | None
    message: str = ""
    id: str | None = None
    status: int = OK


@dataclass(frozen=True, slots=True)
class BatchCall:
    """`call` puts the parameters of single calls, all for one target, into one; `entries` finds in its answer
    what became of each, in their order: None of one that the answer does not name. `action` as it is in a
    policy."""

    operation: str
    action: str
    room: Room
    call: Callable[[Any, Sequence[Parameters]], Parameters]
    entries: Callable[[Parameters, int], Sequence[Entry | None]]


def _split(parameters: Parameters, shared: str) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if name != shared}


def _numbered(many: Sequence[Parameters], shared: str) -> Iterator[dict[str, Any]]:
    return ({"Id": str(n), **_split(one, shared)} for n, one in enumerate(many))


def _send_messages(client: Any, many: Sequence[Parameters]) -> Parameters:
    entries = list(_numbered(many, "QueueUrl"))
    answer: Parameters = client.send_message_batch(QueueUrl=many[0]["QueueUrl"], Entries=entries)
    return answer


def _publish(client: Any, many: Sequence[Parameters]) -> Parameters:
    entries = list(_numbered(many, "TopicArn"))
    topic = many[0]["TopicArn"]
    answer: Parameters = client.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
    return answer


def _put_events(client: Any, many: Sequence[Parameters]) -> Parameters:
    answer: Parameters = client.put_events(Entries=[entry for one in many for entry in one["Entries"]])
    return answer


def _put_records(client: Any, many: Sequence[Parameters]) -> Parameters:
    records = [_split(one, "StreamARN") for one in many]
    answer: Parameters = client.put_records(StreamARN=many[0]["StreamARN"], Records=records)
    return answer


def _put_record_batch(client: Any, many: Sequence[Parameters]) -> Parameters:
    name, records = many[0]["DeliveryStreamName"], [one["Record"] for one in many]
    answer: Parameters = client.put_record_batch(DeliveryStreamName=name, Records=records)
    return answer


def _by_number(answer: Parameters, count: int) -> Sequence[Entry | None]:
    """Of SQS and SNS: two lists, in no order."""
    found: dict[str, Entry] = {}
    for one in answer.get("Successful") or ():
        found[one["Id"]] = Entry(None, id=one.get("MessageId"))
    for one in answer.get("Failed") or ():
        status = 400 if one.get("SenderFault", True) else FAULT
        found[one["Id"]] = Entry(str(one.get("Code")), str(one.get("Message", "")), status=status)
    return [found.get(str(n)) for n in range(count)]


def _in_order(name: str) -> Callable[[Parameters, int], Sequence[Entry | None]]:
    """Of the others: one list, in the order of the entries."""

    def entries(answer: Parameters, count: int) -> Sequence[Entry | None]:
        found = answer.get(name) or ()
        return [_entry(found[n]) if n < len(found) else None for n in range(count)]

    return entries


def _entry(one: Parameters) -> Entry:
    code = one.get("ErrorCode")
    if code is None:
        return Entry(None, id=next((one[name] for name in IDS if one.get(name)), None))
    status = FAULT if str(code).startswith("Internal") else 400
    return Entry(str(code), str(one.get("ErrorMessage") or ""), status=status)


BATCH_CALLS: Final = {
    "sqs": BatchCall(
        "SendMessageBatch", "sqs:SendMessage", Room(10, sqs.MAX_BYTES), _send_messages, _by_number
    ),
    "sns": BatchCall("PublishBatch", "sns:Publish", Room(10, SNS_BYTES), _publish, _by_number),
    "events": BatchCall(
        "PutEvents", "events:PutEvents", Room(10, eventbridge.MAX_BYTES), _put_events, _in_order("Entries")
    ),
    "kinesis": BatchCall(
        "PutRecords", "kinesis:PutRecords", Room(500, KINESIS_BYTES), _put_records, _in_order("Records")
    ),
    "firehose": BatchCall(
        "PutRecordBatch", "firehose:PutRecordBatch", Room(500, FIREHOSE_BYTES), _put_record_batch,
        _in_order("RequestResponses"),
    ),
}  # fmt: skip
"""By the service's name in an ARN. What is larger than a call takes goes by itself, as it always could.

- SQS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
- SNS: 262,144 bytes, or what the topic's MaximumMessageSize says: where that is less, they go one by one.
  https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
- EventBridge: all entries together are smaller than 1 MB.
  https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
- Kinesis: 10 MiB; it was 5 before, and half is enough for a hundred events and easier on memory.
  https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
- Firehose: 4 MB. https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html"""
