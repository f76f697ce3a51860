"""The bodies bucket: bodies too large for a message or an item, `<tenant_id>/<ingest_id>`.

An object is as old as its ring; its event is made later, by up to the 14 days that a message may wait on the
events queue and its dead-letter queue. So the bucket's lifecycle rule removes it 15 days after an event of
its age would expire. A body that is gone all the same is one that no filter can look at, and no attempt send.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from doorbell.aws_errors import translated


@dataclass(frozen=True, slots=True)
class BodyBucket:
    """`client()` gives the S3 client: most environments never need one. `on_size` is told how long an object
    is before it is read."""

    client: Callable[[], Any]
    bucket: str
    on_size: Callable[[int], None] = lambda _: None

    def put(self, key: str, body: bytes) -> None:
        """Writing the same key again with the same body is harmless."""
        with translated("s3", "PutObject"):
            self.client().put_object(Bucket=self.bucket, Key=key, Body=body)

    def get(self, key: str) -> bytes:
        """Raises `KeyError` when the object is gone."""
        with translated("s3", "GetObject"):
            client = self.client()
            try:
                answer = client.get_object(Bucket=self.bucket, Key=key)
            except client.exceptions.NoSuchKey as error:
                raise KeyError(key) from error
            with closing(answer["Body"]) as stream:
                self.on_size(answer["ContentLength"])
                body: bytes = stream.read()
            return body

    def link(self, key: str, seconds: int) -> str:
        """A URL that gives the object to whoever has it, for so long: as text, which a browser saves and does
        not show. Made here, without a call."""
        text = {"ResponseContentType": "text/plain", "ResponseContentDisposition": "attachment"}
        with translated("s3", "GetObject"):
            made: str = self.client().generate_presigned_url(
                ClientMethod="get_object",
                Params={"Bucket": self.bucket, "Key": key, **text},
                ExpiresIn=seconds,
            )
        return made
