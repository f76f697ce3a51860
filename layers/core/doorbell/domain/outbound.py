"""One request to the outside world and what came of it: the two types that cross the egress boundary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MAX_DETAIL_CHARS: Final = 300
MAX_RESPONSE_TEXT_BYTES: Final = 1024


@dataclass(frozen=True, slots=True)
class OutboundRequest:
    """A request that is ready to leave: signed, with every header it will bear except those of the
    connection.

    `timeout_seconds` is the total deadline, from the look-up of the name to the last byte of the answer.
    `client_cert_pem` is the certificate chain followed by its unencrypted key. `secrets` are values among the
    headers that must not be kept if the peer repeats them, whatever the headers are called.
    """

    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    timeout_seconds: float
    method: str = "POST"
    ca_bundle_pem: str | None = None
    client_cert_pem: str | None = None
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt to send; sending never raises.

    `error` is a stable code and is None exactly when a complete answer came, whatever its status: a 500 is
    an answer. `status` can be set beside an error (headers came, the body never ended).
    `retry_after` is the header's raw value. `response` is text of at most 1 KiB, free of control characters.
    """

    status: int | None
    error: str | None
    detail: str
    retry_after: str | None
    response: str
    duration_ms: int

    @property
    def is_success(self) -> bool:
        return self.error is None and self.status is not None and 200 <= self.status <= 299
