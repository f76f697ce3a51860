"""The claim check: the body becomes an object of the bodies bucket, and a pointer stands in its place.

A queue and a topic get the pointer of Amazon's extended clients, which read the object by themselves; all
else gets one of Doorbell's. There is no signed link in it: one that a function's role signs ends with that
role's session, long before a queue forgets its message.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from doorbell.aws_errors import code_of
from doorbell.domain.large import S3_LINK, Pointer, key_of
from doorbell.domain.targets import TargetRequest
from doorbell.targets.texts import ENCODING, EXTENDED_SIZE, LARGE, SHA256, message_text

CLASS: Final = "software.amazon.payloadoffloading.PayloadS3Pointer"
"""What an extended client reads. It takes no further fields beside the two.
https://github.com/awslabs/amazon-sqs-python-extended-client-lib
https://github.com/awslabs/payload-offloading-java-common-lib-for-aws"""
_THERE: Final = "PreconditionFailed"


class NotWrittenError(Exception):
    """The object could not be written. The text is for people."""


@dataclass(frozen=True, slots=True)
class LargeBodies:
    """`client()` gives an S3 client that tries once."""

    client: Callable[[], Any]
    bucket: str

    def written(self, request: TargetRequest, content: bytes) -> Pointer:
        """Writes it unless it is there. Raises `NotWrittenError`.
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html"""
        digest = sha256(content).hexdigest()
        key = key_of(request.tenant_id, request.subscription_id, request.event_id, digest)
        try:
            self.client().put_object(Bucket=self.bucket, Key=key, Body=content, IfNoneMatch="*")
        except ClientError as error:
            if code_of(error) != _THERE:
                raise NotWrittenError(f"{code_of(error)} for {self.bucket}/{key}") from error
        except (BotoCoreError, HTTPClientError) as error:
            raise NotWrittenError(f"{type(error).__name__} for {self.bucket}/{key}") from error
        return Pointer(self.bucket, key, len(content), digest)


def as_it_is(request: TargetRequest) -> bytes:
    """What the object holds: the body."""
    return request.body


def as_text(request: TargetRequest) -> bytes:
    """What the object holds where the body would have been a message's text: that text."""
    return message_text(request.body)[0].encode()


def with_pointer(request: TargetRequest, pointer: Pointer) -> TargetRequest:
    """The same, and in the body's place a pointer, of JSON."""
    headers = dict(request.headers)
    body = pointer.as_json(
        event_id=request.event_id,
        event_type=request.event_type,
        source_id=request.source_id,
        content_type=headers.get("content-type", ""),
    )
    told = {**headers, "content-type": "application/json", LARGE: S3_LINK}
    return replace(request, body=body, headers=tuple(told.items()))


def with_extended_pointer(request: TargetRequest, pointer: Pointer) -> TargetRequest:
    """The same, and in the body's place a pointer as extended clients write it. The headers tell of the
    object, as they would of the message."""
    place = {"s3BucketName": pointer.bucket, "s3Key": pointer.key}
    told = {**dict(request.headers), EXTENDED_SIZE: str(pointer.size), SHA256: pointer.sha256}
    encoding = message_text(request.body)[1]
    if encoding is not None:
        told[ENCODING] = encoding
    return replace(request, body=json.dumps([CLASS, place]).encode(), headers=tuple(told.items()))
