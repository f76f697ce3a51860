"""What is too large for a target: when a pointer goes instead, what is written for it, what goes wrong."""

import json

import pytest
from botocore.exceptions import EndpointConnectionError

from doorbell.domain.health import OWN_FAULTS
from doorbell.domain.large import prefix_of
from doorbell.domain.targets import TIMEOUT_SECONDS
from tests.unit.targets.bodies_bucket import Bucket, Wire, denied, just_fits, pointer_in, send

REFUSALS = [
    ("sqs", 2_000, "InvalidParameterValue"),
    ("sns", 2_000, "InvalidParameter"),
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
    assert (outcome.status, outcome.error) == (None, "large_not_kept")
    assert len(wire.sent) == 1
    assert len(bucket.objects) == 1, "which the next attempt finds"


def test_a_prefix_takes_everything_whole() -> None:
    wire, bucket = Wire("s3"), Bucket()
    assert send(wire, bucket, "s3", b"x" * 4_500_000).is_success
    assert bucket.puts == 0
