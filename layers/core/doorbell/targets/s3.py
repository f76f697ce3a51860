"""S3: the body is an object below the target's prefix. Headers are its metadata, as far as there is room.

The bucket's own default encrypts it; a key of KMS needs the tag `doorbell=targets`, as for queues. botocore
finds the bucket's region by itself.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from doorbell.domain.targets import Arn, TargetRequest
from doorbell.targets.service import GONE, THROTTLED, TOO_LARGE, Service
from doorbell.targets.texts import with_hops

MAX_BYTES: Final = 5 * 1024**3
"""Far above what Doorbell takes. https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html"""
MAX_METADATA_BYTES: Final = 2048
"""Names and values together. https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html"""
_FIRST: Final = (
    "webhook-id", "doorbell-event-type", "doorbell-source", "doorbell-attempt", "doorbell-hops",
    "webhook-timestamp", "webhook-signature",
)  # fmt: skip
_LEFT_OUT: Final = {"user-agent", "content-type", "content-encoding", "content-length"}


def what_goes(request: TargetRequest, arn: Arn) -> dict[str, Any]:
    bucket, _, prefix = arn.resource.partition("/")
    headers = with_hops(request)
    return {
        "Bucket": bucket,
        "Key": f"{prefix}{request.key}",
        "Body": request.body,
        "ContentType": headers.get("content-type", "application/octet-stream"),
        "Metadata": dict(_metadata(headers)),
    }


def _metadata(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Printable ASCII only: boto3 takes no other."""
    room = MAX_METADATA_BYTES
    own = [name for name in _FIRST if name in headers]
    for name in [*own, *(name for name in headers if name not in own and name not in _LEFT_OUT)]:
        value = headers[name]
        if f"{name}{value}".isascii() and value.isprintable() and len(name) + len(value) <= room:
            room -= len(name) + len(value)
            yield name, value


def _size(parameters: Mapping[str, Any]) -> int:
    return len(parameters["Body"])


def _call(client: Any, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = client.put_object(**parameters)
    return answer


S3 = Service(
    name="s3",
    operation="PutObject",
    action="s3:PutObject",
    most_bytes=MAX_BYTES,
    what_goes=what_goes,
    size=_size,
    call=_call,
    codes={"NoSuchBucket": GONE, "SlowDown": THROTTLED, "EntityTooLarge": TOO_LARGE},
    pointed=None,
)
"""https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"""
