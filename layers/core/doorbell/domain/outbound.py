"""One request to the outside world and what came of it: the two types that cross the egress boundary."""

from __future__ import annotations

from dataclasses import field
from typing import Final

from doorbell.domain.quick import quick

MAX_DETAIL_CHARS: Final = 300
MAX_RESPONSE_TEXT_BYTES: Final = 1024
ROLE: Final = "role"
TARGET: Final = "target"


@quick
class OutboundRequest:
    """A request that is ready to leave: signed, with every header it will bear except those of the
    connection.

    `timeout_seconds` is the total deadline, from the look-up of the name to the last byte of the answer.
    `client_cert_pem` is the certificate chain followed by its unencrypted key. `secrets` are values among the
    headers that must not be kept if the peer repeats them, whatever the headers are called. `signed_by` names
    the keys that signed.
    """

    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    timeout_seconds: float
    method: str = "POST"
    ca_bundle_pem: str | None = None
    client_cert_pem: str | None = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    signed_by: tuple[str, ...] = ()


@quick
class Wire:
    """What was seen of an exchange. Headers are without credentials; `is_cut`: there were more of them than
    are kept. `address`: that it went to, or that was tried. `is_kept`: the connection stood already. Times in
    milliseconds, None where it did not come to that; the first byte is waited for from when all before was
    done."""

    sent: tuple[tuple[str, str], ...]
    answered: tuple[tuple[str, str], ...]
    is_cut: bool
    signed_by: tuple[str, ...]
    address: str | None
    is_kept: bool
    dns_ms: int | None
    connect_ms: int | None
    tls_ms: int | None
    first_byte_ms: int | None


@quick
class Outcome:
    """What came of one attempt to send; sending never raises.

    `error` is a stable code and is None exactly when a complete answer came, whatever its status: a 500 is
    an answer. `status` is set whenever the head of an answer came, and decides then: a 2xx whose body never
    ended is a success all the same, and what was wrong with it is on record.
    `retry_after` is what the answer asks for, as it came. `response` is text of at most 1 KiB without control
    characters. `wire` is there where it is to be kept. `is_told` where one call failed for several: another
    of them says of the endpoint what this one would. `denied`: what AWS refused for want of a permission,
    `ROLE` (then nothing was sent) or `TARGET`; "" for nothing.
    """

    status: int | None
    error: str | None
    detail: str
    retry_after: str | None
    response: str
    duration_ms: int
    wire: Wire | None = field(default=None, compare=False)
    is_told: bool = field(default=False, compare=False)
    denied: str = field(default="", compare=False)

    @property
    def is_success(self) -> bool:
        return is_2xx(self.status)


def is_2xx(status: int | None) -> bool:
    return status is not None and 200 <= status <= 299
