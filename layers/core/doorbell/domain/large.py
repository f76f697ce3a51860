"""What is too large for a target's service, where the subscription says `large: s3-link`: an object of the
bodies bucket holds it, and the message is a pointer to that.

No tenant's own bodies can be below the prefix: an id has no "!". Below it tenants and subscriptions are
apart, so that a consumer's policy can name one of them. An object's name is what it holds: what is sent again
is the same object, and no message that is under way ever points at other bytes than it was sent with.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

S3_LINK: Final = "s3-link"
PREFIX: Final = "!large/"
WHAT: Final = "doorbell-large"
VERSION: Final = 1
WRITE_SECONDS: Final = 6.0
"""More than an attempt takes without: to write the object, and to send once more what was refused."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """`size` in bytes and `sha256` in hexadecimal, both of the object."""

    bucket: str
    key: str
    size: int
    sha256: str

    def as_json(self, **more: str) -> bytes:
        whole: dict[str, Any] = {"what": WHAT, "version": VERSION, **more}
        whole |= {"bucket": self.bucket, "key": self.key, "size": self.size, "sha256": self.sha256}
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def prefix_of(tenant_id: str) -> str:
    """Where all objects of a tenant are, and nobody else's."""
    return f"{PREFIX}{tenant_id}/"


def key_of(tenant_id: str, subscription_id: str, event_id: str, sha256: str) -> str:
    return f"{prefix_of(tenant_id)}{subscription_id}/{event_id}/{sha256}"
