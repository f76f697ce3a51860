"""What is too large for a service goes as a pointer, where the subscription asks for it: what that looks like
in each service's own form."""

import json
from base64 import b64decode
from hashlib import sha256

import pytest
from botocore.session import Session
from botocore.validate import ParamValidator

from doorbell.targets.sender import SERVICES
from doorbell.targets.texts import MAX_ATTRIBUTES
from tests.unit.targets.bodies_bucket import (
    BUCKET,
    EXTENDED,
    POINTED,
    Bucket,
    Wire,
    just_fits,
    pointer_in,
    send,
)
from tests.unit.targets.test_what_goes import HEADERS, goes


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
    send(wire, bucket, "lambda", b'{"a":"' + b"x" * 1_048_576 + b'"}', headers=headers)
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
