"""What is too large for a service goes as a pointer, where the subscription asks for it."""

import json
from base64 import b64decode
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.session import Session
from botocore.validate import ParamValidator

from doorbell.domain.health import OWN_FAULTS
from doorbell.domain.large import WRITE_SECONDS, prefix_of
from doorbell.domain.outbound import Outcome
from doorbell.domain.targets import TIMEOUT_SECONDS
from doorbell.targets.large import LargeBodies
from doorbell.targets.sender import SERVICES, TargetSender
from doorbell.targets.texts import MAX_ATTRIBUTES
from tests.unit.targets.test_sender import ALL, GOOD, METHODS
from tests.unit.targets.test_what_goes import ARNS, HEADERS, goes, request_of

BUCKET = "bodies"
POINTED = sorted(name for name in ARNS if name != "s3")
EXTENDED = ("sns", "sqs")
"""What queues and topics get is what extended clients read."""


class Bucket:
    """S3, as far as it is asked."""

    def __init__(self, error: Exception | None = None) -> None:
        self.objects: dict[str, bytes] = {}
        self.puts = 0
        self._error = error

    def put_object(self, **given: Any) -> None:
        assert (given["Bucket"], given["IfNoneMatch"]) == (BUCKET, "*")
        self.puts += 1
        if self._error is not None:
            raise self._error
        if given["Key"] in self.objects:
            raise denied("PreconditionFailed", 412)
        self.objects[given["Key"]] = given["Body"]


def denied(code: str, status: int = 403) -> ClientError:
    about: Any = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(about, "PutObject")


class Wire:
    """A client of a service that takes everything and keeps the parameters, or refuses what is too large for
    it with `code`, whatever Doorbell thinks."""

    def __init__(self, service: str, most: int | None = None, code: str = "") -> None:
        self.sent: list[dict[str, Any]] = []
        self._service, self._most, self._code = service, most, code

    def __getattr__(self, name: str) -> Any:
        assert name == METHODS[self._service]

        def call(**given: Any) -> dict[str, Any]:
            self.sent.append(given)
            if self._most is not None and SERVICES[self._service].size(given) > self._most:
                raise denied(self._code, 400)
            return GOOD[self._service]

        return call


def send(wire: Wire, bucket: Bucket, service: str, body: bytes, **more: Any) -> Outcome:
    clock = more.pop("clock", lambda: 5.0)
    request = replace(
        request_of(service, body, **{"large": True, **more}), timeout_seconds=TIMEOUT_SECONDS + WRITE_SECONDS
    )
    bodies = LargeBodies(lambda: bucket, BUCKET)
    return TargetSender(ALL, lambda way: wire, clock, bodies=bodies).send(request)


def just_fits(service: str) -> bytes:
    """A JSON object, as long as the service takes one."""
    without = SERVICES[service].size(goes(service, b'{"a":""}'))
    return b'{"a":"' + b"x" * (SERVICES[service].most_bytes - without) + b'"}'


def pointer_in(service: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Where it is, in each service's own place for the body."""
    found = {
        "events": lambda: parameters["Entries"][0]["Detail"],
        "lambda": lambda: json.loads(parameters["Payload"])["body"],
        "states": lambda: parameters["input"],
        "kinesis": lambda: parameters["Data"],
        "firehose": lambda: parameters["Record"]["Data"],
        "sns": lambda: parameters["Message"],
        "sqs": lambda: parameters["MessageBody"],
    }[service]()
    read = json.loads(found)
    if service in EXTENDED:
        named, place = read
        assert named == "software.amazon.payloadoffloading.PayloadS3Pointer"
        assert set(place) == {"s3BucketName", "s3Key"}, "a Java client reads no further fields"
        return {"bucket": place["s3BucketName"], "key": place["s3Key"]}
    assert isinstance(read, dict)
    return read


@pytest.mark.parametrize("service", POINTED)
def test_what_just_fits_goes_whole_and_a_byte_more_as_a_pointer_to_the_same_bytes(service: str) -> None:
    wire, bucket, fits = Wire(service), Bucket(), just_fits(service)
    assert send(wire, bucket, service, fits).is_success
    assert bucket.objects == {}
    longer = fits[:-2] + b'x"}'
    assert send(wire, bucket, service, longer).is_success
    pointer = pointer_in(service, wire.sent[1])
    assert (pointer["bucket"], bucket.objects) == (BUCKET, {pointer["key"]: longer})
    assert SERVICES[service].size(wire.sent[1]) < 4096


@pytest.mark.parametrize("service", POINTED)
def test_the_service_s_own_model_takes_a_pointer(service: str) -> None:
    wire = Wire(service)
    send(wire, Bucket(), service, just_fits(service) + b" ")
    model = Session().get_service_model(SERVICES[service].client_name)
    shape = model.operation_model(SERVICES[service].operation).input_shape
    assert shape is not None
    assert ParamValidator().validate(wire.sent[0], shape).generate_report() == ""


@pytest.mark.parametrize("service", [name for name in POINTED if name not in EXTENDED])
def test_a_pointer_names_the_event_and_what_the_bytes_must_be(service: str) -> None:
    wire, bucket = Wire(service), Bucket()
    body = just_fits(service) + b" "
    send(wire, bucket, service, body)
    pointer = pointer_in(service, wire.sent[0])
    assert (pointer["what"], pointer["version"]) == ("doorbell-large", 1)
    named = {name: pointer[name] for name in ("event_id", "event_type", "source_id", "content_type")}
    assert named == {
        "event_id": "evt_1", "event_type": "order.paid", "source_id": "shop",
        "content_type": "application/json",
    }  # fmt: skip
    assert (pointer["size"], pointer["sha256"]) == (len(body), sha256(body).hexdigest())


def test_a_function_and_a_bus_are_told_beside_the_body_that_it_is_a_pointer() -> None:
    """A provider can write a body that looks like one."""
    function, bus = Wire("lambda"), Wire("events")
    send(function, Bucket(), "lambda", just_fits("lambda") + b" ")
    send(bus, Bucket(), "events", just_fits("events") + b" ")
    headers = json.loads(function.sent[0]["Payload"])["headers"]
    assert (headers["doorbell-large"], headers["x-github-event"]) == ("s3-link", "push")
    assert "doorbell-large/s3-link" in bus.sent[0]["Entries"][0]["Resources"]
    assert "doorbell-large/s3-link" not in goes("events")["Entries"][0]["Resources"]


def test_a_function_gets_a_pointer_in_an_event_s_form_of_a_cloud_event_too() -> None:
    wire, bucket = Wire("lambda"), Bucket()
    headers = {**HEADERS, "content-type": "application/cloudevents+json"}
    send(wire, bucket, "lambda", just_fits("lambda") + b" ", headers=headers)
    assert pointer_in("lambda", wire.sent[0])["content_type"] == "application/cloudevents+json"


@pytest.mark.parametrize("service", EXTENDED)
def test_attributes_tell_an_extended_client_and_all_others_of_the_bytes(service: str) -> None:
    wire, body = Wire(service), just_fits(service) + b" "
    many = {f"x-{number:02}": "v" for number in range(20)} | HEADERS
    send(wire, Bucket(), service, body, headers=many)
    attributes = wire.sent[0]["MessageAttributes"]
    assert len(attributes) == MAX_ATTRIBUTES
    assert attributes["ExtendedPayloadSize"] == {"DataType": "Number", "StringValue": str(len(body))}
    assert attributes["doorbell-body-sha256"]["StringValue"] == sha256(body).hexdigest()
    assert attributes["webhook-id"]["StringValue"] == "evt_1"


@pytest.mark.parametrize("service", EXTENDED)
def test_what_is_no_text_is_the_text_that_the_message_would_have_been(service: str) -> None:
    """An extended client decodes the object: what it hands on is what a message of less would have had."""
    wire, bucket, body = Wire(service), Bucket(), b"\xff" * 900_000
    send(wire, bucket, service, body)
    (kept,) = bucket.objects.values()
    assert b64decode(kept) == body
    assert wire.sent[0]["MessageAttributes"]["doorbell-body-encoding"]["StringValue"] == "base64"


REFUSALS = [
    ("sqs", 2_000, "InvalidParameterValue"),
    ("sns", 262_144, "InvalidParameter"),
    ("kinesis", 1_048_576, "InvalidArgumentException"),
    ("lambda", 2_000, "RequestTooLargeException"),
]


@pytest.mark.parametrize(("service", "most", "code"), REFUSALS)
def test_what_a_target_takes_less_of_than_its_service_may_goes_as_a_pointer_when_it_was_refused(
    service: str, most: int, code: str
) -> None:
    wire, bucket = Wire(service, most, code), Bucket()
    body = b'{"a":"' + b"x" * most + b'"}'
    assert send(wire, bucket, service, body).is_success
    assert list(bucket.objects.values()) == [body]
    assert pointer_in(service, wire.sent[1])["key"] in bucket.objects


@pytest.mark.parametrize(("service", "most", "code"), REFUSALS)
def test_without_large_the_failure_says_the_limit_and_offers_it(service: str, most: int, code: str) -> None:
    bucket, body = Bucket(), b"x" * (most + 1)
    for wire, sent in ((Wire(service, most, code), body), (Wire(service), b"x" * 11_000_000)):
        outcome = send(wire, bucket, service, sent, large=False)
        assert outcome.status == 413
        assert "bytes" in outcome.detail
        assert "`large: s3-link`" in outcome.detail
    assert bucket.puts == 0


def test_a_queue_that_finds_something_else_wrong_is_not_told_of_sizes() -> None:
    outcome = send(Wire("sqs", 0, "InvalidParameterValue"), Bucket(), "sqs", b"{}")
    assert outcome.status == 400


def test_what_is_sent_again_is_written_once_and_what_has_changed_lies_beside_it() -> None:
    """A message that is under way points at the bytes it was sent with, whatever a transform makes of the
    event later."""
    wire, bucket, body = Wire("sqs"), Bucket(), just_fits("sqs") + b" "
    for sent in (body, body, body + b" "):
        assert send(wire, bucket, "sqs", sent).is_success
    keys = [pointer_in("sqs", one)["key"] for one in wire.sent]
    assert keys[0] == keys[1] != keys[2]
    assert (bucket.objects[keys[0]], bucket.objects[keys[2]]) == (body, body + b" ")


def test_tenants_and_subscriptions_are_apart_by_prefix() -> None:
    wire, bucket = Wire("sqs"), Bucket()
    send(wire, bucket, "sqs", just_fits("sqs") + b" ")
    (key,) = bucket.objects
    assert key.startswith(f"{prefix_of('default')}books/evt_1/")
    assert not key.startswith(prefix_of("defaul"))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (denied("AccessDenied"), "AccessDenied"),
        (denied("ConditionalRequestConflict", 409), "ConditionalRequestConflict"),
        (EndpointConnectionError(endpoint_url="x"), "EndpointConnectionError"),
    ],
)
def test_what_could_not_be_kept_is_a_failure_that_says_so_and_nothing_is_sent(
    error: Exception, said: str
) -> None:
    wire = Wire("sqs")
    outcome = send(wire, Bucket(error), "sqs", just_fits("sqs") + b" ")
    assert (outcome.status, outcome.error) == (None, "large_not_kept")
    assert f"s3:PutObject failed: {said}" in outcome.detail
    assert outcome.error in OWN_FAULTS, "it says nothing of the target"
    assert wire.sent == []


def test_what_went_as_a_pointer_is_on_record_with_its_object() -> None:
    bucket = Bucket()
    outcome = send(Wire("sqs"), bucket, "sqs", just_fits("sqs") + b" ")
    assert json.loads(outcome.response)["object"] in bucket.objects


def test_no_second_send_is_begun_that_could_outlast_the_attempt() -> None:
    wire, bucket = Wire("sqs", 2_000, "InvalidParameterValue"), Bucket()
    ticks = iter([0.0, TIMEOUT_SECONDS, TIMEOUT_SECONDS])
    outcome = send(wire, bucket, "sqs", b"x" * 3_000, clock=lambda: next(ticks))
    assert outcome.status == 503
    assert len(wire.sent) == 1
    assert len(bucket.objects) == 1, "which the next attempt finds"


def test_a_prefix_takes_everything_whole() -> None:
    wire, bucket = Wire("s3"), Bucket()
    assert send(wire, bucket, "s3", b"x" * 4_500_000).is_success
    assert bucket.puts == 0
