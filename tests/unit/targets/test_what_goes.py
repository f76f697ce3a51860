"""What goes to each service: pure, byte for byte, and held against the service's own model in botocore."""

import json
import re
from base64 import b64decode
from dataclasses import replace
from typing import Any

import pytest
from botocore.session import Session
from botocore.validate import ParamValidator

from doorbell.domain.targets import TIMEOUT_SECONDS, Arn, TargetRequest, parse
from doorbell.targets import (
    eventbridge,
    firehose,
    kinesis,
    lambda_function,
    s3,
    sns,
    sqs,
    state_machine,
)
from doorbell.targets.sender import SERVICES
from doorbell.targets.service import Service
from doorbell.targets.state_machine import name_of
from doorbell.targets.texts import MAX_ATTRIBUTES

HERE = "eu-central-1:123456789012"
ARNS = {
    "sqs": f"arn:aws:sqs:{HERE}:orders",
    "sns": f"arn:aws:sns:{HERE}:orders",
    "events": f"arn:aws:events:{HERE}:event-bus/orders",
    "lambda": f"arn:aws:lambda:{HERE}:function:books",
    "states": f"arn:aws:states:{HERE}:stateMachine:books",
    "kinesis": f"arn:aws:kinesis:{HERE}:stream/orders",
    "firehose": f"arn:aws:firehose:{HERE}:deliverystream/orders",
    "s3": "arn:aws:s3:::a-bucket/shop/",
}
HEADERS = {
    "x-github-event": "push",
    "webhook-id": "evt_1",
    "user-agent": "Doorbell/1",
    "doorbell-source": "shop",
    "doorbell-event-type": "order.paid",
    "doorbell-attempt": "2",
    "content-type": "application/json",
}
JSON_BODY = b'{"order": 17, "price": 1.10}'


def request_of(service: str, body: bytes = JSON_BODY, arn: str = "", **more: Any) -> TargetRequest:
    headers = more.pop("headers", HEADERS)
    given = {"event_type": "order.paid", "hops": 0, "key": "evt_1", "event_id": "evt_1", **more}
    given = {"tenant_id": "default", "subscription_id": "books", **given}
    return TargetRequest(
        url=arn or ARNS[service],
        source_id="shop",
        headers=tuple(headers.items()),
        body=body,
        timeout_seconds=TIMEOUT_SECONDS,
        **given,
    )


def goes(service: str, *given: Any, **more: Any) -> dict[str, Any]:
    request = request_of(service, *given, **more)
    arn = parse(request.url)
    assert isinstance(arn, Arn)
    return dict(SERVICES[service].what_goes(request, arn))


def texts_of(parameters: dict[str, Any]) -> dict[str, str]:
    return {name: value["StringValue"] for name, value in parameters["MessageAttributes"].items()}


BODIES = {
    "JSON": JSON_BODY,
    "text": "Grüße".encode(),
    "no UTF-8": b"\xff\xfe",
    "a character that XML has not": b"a\x00b",
    "nothing": b"",
    "a list": b"[1, 2]",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=list(BODIES))
@pytest.mark.parametrize("arn", [*ARNS.values(), f"{ARNS['sqs']}.fifo", f"{ARNS['sns']}.fifo"])
def test_the_service_s_own_model_takes_what_goes(arn: str, body: bytes) -> None:
    service = arn.split(":")[2]
    model = (
        Session()
        .get_service_model(SERVICES[service].client_name)
        .operation_model(SERVICES[service].operation)
    )
    assert model.input_shape is not None
    found = ParamValidator().validate(goes(service, body, arn=arn), model.input_shape)
    assert found.generate_report() == ""


def test_a_queue_gets_the_bytes_and_the_headers_that_name_the_event() -> None:
    parameters = goes("sqs")
    assert parameters["QueueUrl"] == "https://sqs.eu-central-1.amazonaws.com/123456789012/orders"
    assert parameters["MessageBody"].encode() == JSON_BODY
    assert list(texts_of(parameters)) == [
        "webhook-id", "doorbell-event-type", "doorbell-source", "doorbell-attempt", "content-type",
        "doorbell-hops", "x-github-event",
    ]  # fmt: skip
    assert {value["DataType"] for value in parameters["MessageAttributes"].values()} == {"String"}
    assert "MessageDeduplicationId" not in parameters


def test_a_queue_of_any_partition_is_found_under_its_name() -> None:
    """As botocore knows the partitions."""
    partitions = Session().get_component("data_loader").load_data("partitions")["partitions"]
    assert {"aws", "aws-cn", "aws-us-gov", "aws-eusc"} <= {one["id"] for one in partitions}
    for one in partitions:
        region = next(name for name in one["regions"] if not name.endswith("-global"))
        url = f"https://sqs.{region}.{one['outputs']['dnsSuffix']}/123456789012/orders"
        assert goes("sqs", arn=f"arn:{one['id']}:sqs:{region}:123456789012:orders")["QueueUrl"] == url


@pytest.mark.parametrize("body", [b"\xff\xfe", b"a\x00b", "\ufffe".encode(), b"\xed\xa0\x80"])
@pytest.mark.parametrize("service", ["sqs", "sns"])
def test_what_is_no_text_of_allowed_characters_goes_as_base64_and_says_so(service: str, body: bytes) -> None:
    parameters = goes(service, body)
    text = parameters["MessageBody" if service == "sqs" else "Message"]
    assert b64decode(text) == body
    assert texts_of(parameters)["doorbell-body-encoding"] == "base64"


@pytest.mark.parametrize("service", ["sqs", "sns"])
def test_an_empty_body_goes_as_one_character_and_says_so(service: str) -> None:
    parameters = goes(service, b"")
    assert parameters["MessageBody" if service == "sqs" else "Message"] == "-"
    assert texts_of(parameters)["doorbell-body-encoding"] == "empty"


def test_allowed_characters_go_as_they_are_to_the_last_one() -> None:
    text = "\t\n\r ~\ud7ff\ue000\ufffd\U00010000\U0010ffff"
    parameters = goes("sqs", text.encode())
    assert parameters["MessageBody"] == text
    assert "doorbell-body-encoding" not in texts_of(parameters)


def test_ten_headers_go_at_most_and_doorbell_s_own_before_all_others() -> None:
    many = {f"x-{number:02}": "v" for number in range(20)} | HEADERS
    names = list(texts_of(goes("sqs", headers=many)))
    assert len(names) == MAX_ATTRIBUTES
    assert names[:6] == [
        "webhook-id", "doorbell-event-type", "doorbell-source", "doorbell-attempt", "content-type",
        "doorbell-hops",
    ]  # fmt: skip
    assert names[6:] == ["x-00", "x-01", "x-02", "x-03"]
    signed = {"webhook-timestamp": "1700000000", "webhook-signature": "v1,x", "doorbell-event-id": "evt_1"}
    names = list(texts_of(goes("sqs", headers=many | signed)))
    assert set(names) == {*HEADERS, *signed, "doorbell-hops"} - {"user-agent", "x-github-event"} | {names[-1]}


def test_a_header_that_is_no_attribute_stays_here() -> None:
    odd = {"x-empty": "", "aws.mine": "v", "amazon.mine": "v", "x..y": "v", "x.": "v", "x-bell": "a\x07"}
    assert not set(texts_of(goes("sqs", headers=HEADERS | odd))) & set(odd)


@pytest.mark.parametrize("service", ["sqs", "sns"])
def test_a_fifo_s_ids_are_of_the_event_and_the_subscription_and_the_same_each_time(service: str) -> None:
    arn = f"{ARNS[service]}.fifo"
    first = goes(service, arn=arn)
    again = goes(service, arn=arn, headers=HEADERS | {"doorbell-attempt": "3", "webhook-timestamp": "9"})
    ids = ("MessageDeduplicationId", "MessageGroupId")
    assert [first[name] for name in ids] == ["evt_1.books", "evt_1"]
    assert [again[name] for name in ids] == [first[name] for name in ids]


def test_a_topic_gets_what_a_queue_gets() -> None:
    parameters = goes("sns")
    assert parameters["TopicArn"] == ARNS["sns"]
    assert parameters["Message"].encode() == JSON_BODY
    assert texts_of(parameters) == texts_of(goes("sqs"))


def entry_of(*given: Any, **more: Any) -> dict[str, Any]:
    (entry,) = goes("events", *given, **more)["Entries"]
    assert isinstance(entry, dict)
    return entry


def test_a_bus_gets_an_entry_of_source_type_and_body() -> None:
    assert entry_of(hops=2) == {
        "EventBusName": ARNS["events"],
        "Source": "doorbell/shop",
        "DetailType": "order.paid",
        "Detail": JSON_BODY.decode(),
        "Resources": ["evt_1", "doorbell-hops/2"],
    }


def test_a_detail_is_always_an_object() -> None:
    assert entry_of(b"[1.10]")["Detail"] == '{"body":[1.10],"isBase64Encoded":false}'
    for body in (b"no JSON", b"", b"\xff", b'{"a": NaN}'):
        found = json.loads(entry_of(body)["Detail"])
        assert found["isBase64Encoded"] is True
        assert b64decode(found["body"]) == body


def test_a_type_has_at_most_128_characters_and_one_at_least() -> None:
    assert entry_of(event_type="t" * 129)["DetailType"] == "t" * 128
    assert entry_of(event_type="")["DetailType"] == "unknown"


def test_a_function_gets_headers_and_body_as_behind_a_url() -> None:
    parameters = goes("lambda")
    assert (parameters["FunctionName"], parameters["InvocationType"]) == (ARNS["lambda"], "Event")
    event = json.loads(parameters["Payload"])
    assert event["headers"] == HEADERS | {"doorbell-hops": "0"}
    assert (event["body"].encode(), event["isBase64Encoded"]) == (JSON_BODY, False)
    packed = json.loads(goes("lambda", b"\xff")["Payload"])
    assert (b64decode(packed["body"]), packed["isBase64Encoded"]) == (b"\xff", True)


def test_a_function_gets_a_cloudevent_as_it_is_and_no_other_thing_that_says_it_is_one() -> None:
    said = HEADERS | {"content-type": "application/cloudevents+json"}
    assert goes("lambda", b'{"specversion":"1.0"}', headers=said)["Payload"] == b'{"specversion":"1.0"}'
    assert json.loads(goes("lambda", b"none", headers=said)["Payload"])["body"] == "none"


def test_a_state_machine_gets_an_object_under_a_name_that_is_the_same_each_time() -> None:
    first = goes("states")
    assert (first["stateMachineArn"], first["input"].encode()) == (ARNS["states"], JSON_BODY)
    assert first["name"].startswith("evt_1-")
    again = goes("states", headers=HEADERS | {"doorbell-attempt": "3"})
    assert again["name"] == first["name"]
    assert json.loads(goes("states", b"no JSON")["input"])["isBase64Encoded"] is True


def test_a_name_is_of_one_event_for_one_subscription_and_no_longer_than_may_be() -> None:
    request = request_of("states")
    longest = replace(request, event_id="evt_" + "a" * 32, subscription_id="s" * 64)
    names = {name_of(one) for one in (request, longest, replace(longest, subscription_id="s" * 63 + "t"))}
    assert len(names) == 3
    assert max(map(len, names)) == 80
    assert not re.search("[^a-zA-Z0-9_-]", "".join(names)), "so that it can be logged"


def test_a_stream_gets_the_bytes_under_the_key() -> None:
    parameters = goes("kinesis", b"\xff", key="k" * 300)
    assert parameters == {"StreamARN": ARNS["kinesis"], "PartitionKey": "k" * 256, "Data": b"\xff"}
    assert goes("firehose", b"\xff") == {"DeliveryStreamName": "orders", "Record": {"Data": b"\xff"}}


def test_a_bucket_gets_an_object_below_the_prefix_with_type_and_metadata() -> None:
    parameters = goes("s3", b"\xff", key="2026/evt_1")
    assert (parameters["Bucket"], parameters["Key"]) == ("a-bucket", "shop/2026/evt_1")
    assert (parameters["Body"], parameters["ContentType"]) == (b"\xff", "application/json")
    assert list(parameters["Metadata"]) == [
        "webhook-id", "doorbell-event-type", "doorbell-source", "doorbell-attempt", "doorbell-hops",
        "x-github-event",
    ]  # fmt: skip


def test_metadata_that_has_no_room_or_is_no_ascii_stays_here() -> None:
    odd = {"x-long": "v" * 2048, "x-umlaut": "ü", "x-bell": "\x07", "x-fits": "v" * 1500, "x-more": "v" * 600}
    metadata = goes("s3", headers={"webhook-id": "evt_1"} | odd)["Metadata"]
    assert set(metadata) == {"webhook-id", "doorbell-hops", "x-fits"}


LIMITS: list[tuple[Service, int]] = [
    (sqs.SQS, 1_048_576),
    (sns.SNS, 1_048_576),
    (eventbridge.EVENTBRIDGE, 1_048_575),
    (lambda_function.LAMBDA, 1_048_576),
    (kinesis.KINESIS, 10_485_760),
    (firehose.FIREHOSE, 1_024_000),
    (state_machine.STATES, 262_144),
    (s3.S3, 5_368_709_120),
]


@pytest.mark.parametrize(("service", "most"), LIMITS, ids=[one.name for one, _ in LIMITS])
def test_all_that_the_service_counts_is_counted(service: Service, most: int) -> None:
    assert service.most_bytes == most
    small = service.size(goes(service.name, b'{"a":""}'))
    assert service.size(goes(service.name, b'{"a":"' + b"x" * 1000 + b'"}')) == small + 1000
    assert service.size(goes(service.name, '{"a":"ü"}'.encode())) == small + 2
    if service.name == "kinesis":
        assert service.size(goes("kinesis", b"", key="kü")) == 3
    if service.name in ("sqs", "sns"):
        more = HEADERS | {"x-more": "value"}
        counted = small + len("x-moreStringvalue")
        assert service.size(goes(service.name, b'{"a":""}', headers=more)) == counted
