"""One request and its answer on a connection that stands."""

from __future__ import annotations

import http.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from doorbell.egress.connections import PinnedConnection
from doorbell.egress.errors import ExchangeError
from doorbell.egress.failures import while_conversing
from doorbell.egress.wire import BudgetSpent, Exchange

MAX_HEADER_BYTES: Final = 64 * 1024
"""Status line and headers, informational answers included; http.client adds its own limit of 100 headers."""
FRAMING_ALLOWANCE: Final = 64 * 1024
"""Raw bytes taken beyond the body's cap, for chunk sizes and trailers."""
_CHUNK: Final = 16 * 1024


@dataclass(frozen=True, slots=True)
class WireAnswer:
    """`body` is as it came (not decompressed), cut at the cap asked for; `is_cut` says so.

    `headers` has lower-case names; of a repeated header the first. `is_reusable`: the connection is ready
    for more.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_cut: bool
    is_reusable: bool


def converse(
    connection: PinnedConnection,
    method: str,
    target: str,
    headers: Sequence[tuple[str, str]],
    body: bytes,
    exchange: Exchange,
    max_body_bytes: int,
) -> WireAnswer:
    """Raises ExchangeError for whatever the peer does wrong."""
    status: int | None = None
    try:
        exchange.allow(MAX_HEADER_BYTES)
        was_sent = _send(connection, method, target, headers, body)
        # Not urllib3's: it logs the URL when headers are malformed, and would decompress.
        response = http.client.HTTPConnection.getresponse(connection)
        status = response.status
        exchange.allow(max_body_bytes + FRAMING_ALLOWANCE)
        content, is_cut = _read(response, max_body_bytes)
    except Exception as error:
        raise while_conversing(error, status) from error
    is_whole = was_sent and not is_cut and response.isclosed()
    is_reusable = is_whole and not response.will_close and status != 101
    return WireAnswer(status, _first_values(response), content, is_cut, is_reusable)


def _send(
    connection: PinnedConnection, method: str, target: str, headers: Sequence[tuple[str, str]], body: bytes
) -> bool:
    """Whether all of it went out.

    A peer may answer (413, say) and close while the body is still on its way; what it said can still be read.
    """
    connection.putrequest(method, target, skip_accept_encoding=True)
    if body or method != "GET":
        connection.putheader("content-length", str(len(body)))
    for name, value in headers:
        connection.putheader(name, value)
    try:
        connection.endheaders(body)
    except (BrokenPipeError, ConnectionResetError):
        return False
    return True


def _read(response: http.client.HTTPResponse, limit: int) -> tuple[bytes, bool]:
    """At most `limit` bytes of the body, and whether it was cut."""
    content = bytearray()
    try:
        while len(content) <= limit:
            chunk = response.read(min(_CHUNK, limit + 1 - len(content)))
            if not chunk:
                break
            content += chunk
    except BudgetSpent:
        return bytes(content[:limit]), True
    if len(content) <= limit and response.length:
        raise ExchangeError("connection_lost", "connection closed before the body of the answer was complete")
    return bytes(content[:limit]), len(content) > limit


def _first_values(response: http.client.HTTPResponse) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in response.getheaders():
        values.setdefault(name.lower(), value)
    return values
