"""What an answer of a service is put on record as. The service is a botocore client whose wire is a stub."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError
from botocore.session import Session
from botocore.stub import Stubber

from doorbell.domain.health import parks_endpoint
from doorbell.domain.outbound import Outcome
from doorbell.domain.targets import TargetPolicy
from doorbell.targets.sender import SERVICES, TargetSender
from doorbell.targets.service import Way
from tests.unit.targets.test_what_goes import ARNS, JSON_BODY, goes, request_of

ALL = TargetPolicy(arns=("*",), tenants=("default",))
GOOD: dict[str, dict[str, Any]] = {
    "sqs": {"MessageId": "m-1", "MD5OfMessageBody": "x"},
    "sns": {"MessageId": "m-1"},
    "events": {"FailedEntryCount": 0, "Entries": [{"EventId": "m-1"}]},
    "lambda": {"StatusCode": 202},
    "states": {"executionArn": "m-1", "startDate": 0},
    "kinesis": {"ShardId": "shard-0", "SequenceNumber": "m-1"},
    "firehose": {"RecordId": "m-1"},
    "s3": {"ETag": "m-1"},
}
METHODS = {
    "sqs": "send_message", "sns": "publish", "events": "put_events", "lambda": "invoke",
    "states": "start_execution", "kinesis": "put_record", "firehose": "put_record", "s3": "put_object",
}  # fmt: skip
NAMES = sorted(ARNS)


def client(service: str) -> Any:
    return Session().create_client(
        SERVICES[service].client_name,
        region_name="eu-central-1",
        aws_access_key_id="k",
        aws_secret_access_key="s",
        config=Config(parameter_validation=False),
    )


def sent(
    service: str,
    prepare: Callable[[Stubber], object],
    policy: TargetPolicy = ALL,
    body: bytes = JSON_BODY,
    **more: Any,
) -> Outcome:
    stub = client(service)
    with Stubber(stub) as stubber:
        prepare(stubber)
        sender = TargetSender(policy, lambda way: stub, lambda: 5.0)
        return sender.send(request_of(service, body, **more))


def well(service: str) -> Callable[[Stubber], object]:
    about = {"ResponseMetadata": {"RequestId": "r-1", "HTTPStatusCode": 202 if service == "lambda" else 200}}
    return lambda stubber: stubber.add_response(METHODS[service], GOOD[service] | about)


def failed(service: str, code: str, status: int = 400, message: str = "no", **more: Any) -> Outcome:
    return sent(
        service,
        lambda stubber: stubber.add_client_error(
            METHODS[service], code, message, status, response_meta={"RequestId": "r-1"}
        ),
        **more,
    )


@pytest.mark.parametrize("service", NAMES)
def test_what_was_taken_is_a_success_with_service_operation_request_and_id(service: str) -> None:
    outcome = sent(service, well(service))
    assert outcome.is_success
    assert (outcome.error, outcome.detail) == (None, "")
    told = json.loads(outcome.response)
    assert (told["service"], told["operation"]) == (service, SERVICES[service].operation)
    assert told["request_id"] == "r-1"
    assert told.get("id") == (None if service == "lambda" else "m-1")


THROTTLED = [
    ("sqs", "RequestThrottled"),
    ("sqs", "KMS.ThrottlingException"),
    ("sns", "Throttled"),
    ("sns", "ThrottledException"),
    ("sns", "KMSThrottling"),
    ("events", "ThrottlingException"),
    ("lambda", "TooManyRequestsException"),
    ("lambda", "EC2ThrottledException"),
    ("states", "ExecutionLimitExceeded"),
    ("states", "ThrottlingException"),
    ("states", "KmsThrottlingException"),
    ("kinesis", "ProvisionedThroughputExceededException"),
    ("kinesis", "KMSThrottlingException"),
    ("firehose", "ServiceUnavailableException"),
    ("s3", "SlowDown"),
]


@pytest.mark.parametrize(("service", "code"), THROTTLED)
def test_throttled_parks_as_a_429_does(service: str, code: str) -> None:
    outcome = failed(service, code)
    assert (outcome.status, outcome.error) == (429, None)
    assert parks_endpoint(outcome)
    told = json.loads(outcome.response)
    assert (told["code"], told["message"], told["request_id"]) == (code, "no", "r-1")


GONE = [
    ("sqs", "AWS.SimpleQueueService.NonExistentQueue"),
    ("sqs", "QueueDoesNotExist"),
    ("sns", "NotFound"),
    ("events", "ResourceNotFoundException"),
    ("lambda", "ResourceNotFoundException"),
    ("states", "StateMachineDoesNotExist"),
    ("states", "StateMachineDeleting"),
    ("kinesis", "ResourceNotFoundException"),
    ("firehose", "ResourceNotFoundException"),
    ("s3", "NoSuchBucket"),
]


@pytest.mark.parametrize(("service", "code"), GONE)
def test_a_target_that_is_not_there_is_gone_as_a_410_is(service: str, code: str) -> None:
    outcome = failed(service, code, 404)
    assert (outcome.status, outcome.error) == (410, None)
    assert ARNS[service] in outcome.detail


def test_a_410_of_a_code_that_nobody_knows_switches_no_subscription_off() -> None:
    assert failed("lambda", "EFSIOException", 410).status == 503


@pytest.mark.parametrize("service", NAMES)
def test_denied_names_the_permission_and_the_resource(service: str) -> None:
    outcome = failed(service, "AccessDeniedException")
    assert (outcome.status, outcome.error) == (403, None)
    assert SERVICES[service].action in outcome.detail
    assert ARNS[service] in outcome.detail


SMALL_ENOUGH = [name for name in NAMES if name != "s3"]
"""An object may have 5 GiB, which is more than a test, or Doorbell, holds."""


@pytest.mark.parametrize("service", SMALL_ENOUGH)
def test_the_limit_is_said_a_byte_above_and_not_at_it(service: str) -> None:
    """The local AWS holds none of these limits: `docs/configure.md` names the pages that say them."""
    most = SERVICES[service].most_bytes
    without = SERVICES[service].size(goes(service, b'{"a":""}'))
    at = b'{"a":"' + b"x" * (most - without) + b'"}'
    assert sent(service, well(service), body=at).is_success
    above = sent(service, lambda stubber: None, body=at[:-2] + b'x"}')
    assert (above.status, above.error) == (413, None)
    assert f"{most + 1} bytes" in above.detail
    assert str(most) in above.detail


def test_a_stream_says_that_its_own_limit_may_be_lower() -> None:
    outcome = failed("kinesis", "InvalidArgumentException", body=b"x" * 1_048_577)
    assert outcome.status == 413
    assert "1048576" in outcome.detail
    assert failed("kinesis", "InvalidArgumentException").status == 400


@pytest.mark.parametrize("code", ["InvalidParameterValue", "InvalidParameterValueException"])
def test_a_queue_s_own_limit_is_told_as_that(code: str) -> None:
    """The local AWS holds none. SQS gives the reason in its message alone."""
    outcome = failed("sqs", code, body=b"x" * 300_000)
    assert outcome.status == 413
    assert "MaximumMessageSize" in outcome.detail
    assert failed("sqs", code).status == 400


def test_an_execution_that_an_earlier_send_started_is_delivered() -> None:
    outcome = failed("states", "ExecutionAlreadyExists")
    assert outcome.is_success
    assert json.loads(outcome.response)["code"] == "ExecutionAlreadyExists"


@pytest.mark.parametrize("size", [2_000, 262_145])
def test_a_topic_s_own_limit_is_told_as_that(size: int) -> None:
    """It may be below the usual one, or above."""
    outcome = failed("sns", "InvalidParameter", body=b"x" * size)
    assert outcome.status == 413
    assert "262144" in outcome.detail
    assert failed("sns", "InvalidParameter").status == 400


@pytest.mark.parametrize("code", ["RequestTooLargeException", "SerializedRequestEntityTooLargeException"])
def test_what_lambda_finds_too_large_is_too_large(code: str) -> None:
    assert failed("lambda", code, 413).status == 413


ENTRIES = [
    ("ThrottlingException", 429),
    ("InternalFailure", 503),
    ("AccessDeniedException", 403),
    ("NotAuthorizedForSourceException", 403),
    ("MalformedDetail", 400),
]


@pytest.mark.parametrize(("code", "status"), ENTRIES)
def test_an_entry_that_a_bus_refused_is_a_failure_though_the_call_is_none(code: str, status: int) -> None:
    answer = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": code, "ErrorMessage": "no"}]}
    outcome = sent("events", lambda stubber: stubber.add_response("put_events", answer))
    assert outcome.status == status
    assert json.loads(outcome.response)["code"] == code


def test_a_failure_of_the_service_is_that_status() -> None:
    assert failed("sqs", "InternalError", 500).status == 500
    assert failed("lambda", "ENINotReadyException", 502).status == 502
    assert failed("sqs", "InvalidMessageContents").detail == "sqs:SendMessage: InvalidMessageContents"


LOST = [
    (ReadTimeoutError(endpoint_url="https://x"), "timeout"),
    (ConnectionClosedError(endpoint_url="https://x"), "connection_lost"),
    (EndpointConnectionError(endpoint_url="https://x"), "connect_failed"),
]


@pytest.mark.parametrize(("raised", "error"), LOST, ids=[error for _, error in LOST])
def test_an_answer_that_never_came_is_told_as_of_a_url(raised: Exception, error: str) -> None:
    class Wire:
        def send_message(self, **given: Any) -> None:
            raise raised

    outcome = TargetSender(ALL, lambda way: Wire(), lambda: 5.0).send(request_of("sqs"))
    assert (outcome.status, outcome.error) == (None, error)


def test_what_the_service_says_is_kept_in_part_and_without_control_characters() -> None:
    told = json.loads(failed("sqs", "InvalidMessageContents", message="a\x00\nb" + "ü" * 5000).response)
    assert told["message"].startswith("abü")
    assert len(failed("sqs", "X", message="\U0001f514" * 5000).response.encode()) <= 1024


QUEUE = ARNS["sqs"]
REFUSED = {
    "another tenant": (TargetPolicy(arns=("*",), tenants=("acme",)), "TargetTenants"),
    "no targets": (TargetPolicy(tenants=("default",)), "TargetArns"),
    "another target": (TargetPolicy(arns=("*:other",), tenants=("default",)), "TargetArns"),
    "its own": (TargetPolicy(arns=("*",), tenants=("default",), own=(QUEUE,)), "Doorbell itself"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_nothing_is_sent_that_the_stack_does_not_allow(name: str) -> None:
    policy, why = REFUSED[name]
    outcome = sent("sqs", lambda stubber: None, policy)
    assert (outcome.status, outcome.error) == (None, "target_refused")
    assert why in outcome.detail


def test_a_client_is_asked_for_in_the_target_s_region() -> None:
    asked = []

    def client_of(way: Way) -> Any:
        asked.append(way)
        raise EndpointConnectionError(endpoint_url="https://x")

    request = request_of("sqs", arn="arn:aws:sqs:eu-west-3:123456789012:orders")
    TargetSender(ALL, client_of, lambda: 5.0).send(request)
    assert asked == [Way("sqs", "eu-west-3")]
