"""A bodies bucket, and services that take what they get, for what is too large for them."""

import json
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from doorbell.domain.large import WRITE_SECONDS
from doorbell.domain.outbound import Outcome
from doorbell.domain.targets import TIMEOUT_SECONDS
from doorbell.targets.large import LargeBodies
from doorbell.targets.sender import SERVICES, TargetSender
from tests.unit.targets.test_sender import ALL, GOOD, METHODS
from tests.unit.targets.test_what_goes import ARNS, goes, request_of

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
