"""The bodies bucket: bodies too large for a message or an item, `<tenant_id>/<ingest_id>`. The bucket's
lifecycle rule removes them a day after their event expires."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from doorbell.aws_errors import translated


@dataclass(frozen=True, slots=True)
class BodyBucket:
    """`client()` gives the S3 client: most environments never need one."""

    client: Callable[[], Any]
    bucket: str

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
            body: bytes = answer["Body"].read()
            return body
