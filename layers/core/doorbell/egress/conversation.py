"""One request and its answer on a connection that stands."""

from __future__ import annotations

import http.client
from collections.abc import Mapping, Sequence
from http.client import SWITCHING_PROTOCOLS
from typing import Final

from doorbell.domain.outbound import is_2xx
from doorbell.domain.quick import quick
from doorbell.egress.connections import PinnedConnection
from doorbell.egress.errors import EgressError
from doorbell.egress.failures import while_conversing
from doorbell.egress.responses import FinalResponse
from doorbell.egress.wire import BudgetSpent, Exchange

MAX_HEADER_BYTES: Final = 64 * 1024
"""Status line and headers, however many, informational answers included."""
FRAMING_ALLOWANCE: Final = 64 * 1024
"""Raw bytes taken beyond the body's cap, for chunk sizes and trailers."""
_CHUNK: Final = 16 * 1024
_WITH_ITS_HEAD: Final = 64 * 1024
"""A body up to this size leaves in one piece with its head: one record of TLS, one write, as a rule."""


@quick
class WireAnswer:
    """`body` is as it came (not decompressed), cut at the cap asked for; `is_cut` says so. `broken` is why
    the rest of it did not come, None if it did; status and headers stand in any case.

    `headers` has lower-case names; of a repeated header the first. `is_reusable`: the connection is ready
    for more.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_cut: bool
    is_reusable: bool
    broken: EgressError | None = None


def converse(
    connection: PinnedConnection,
    method: str,
    target: str,
    headers: Sequence[tuple[str, str]],
    body: bytes,
    exchange: Exchange,
    max_body_bytes: int,
    taken_seconds: float | None = None,
) -> WireAnswer:
    """Method, target and headers are as `transport` checked them: nothing in them ends a line.

    `taken_seconds`: how long the body of a 2xx is waited for; None: to the deadline. Raises ExchangeError
    for whatever the peer does wrong before the head of its answer is complete."""
    try:
        exchange.allow(MAX_HEADER_BYTES)
        was_sent = _send(connection, method, target, headers, body)
        response = connection.response(method)
    except Exception as error:
        raise while_conversing(error, None) from error
    exchange.allow(max_body_bytes + FRAMING_ALLOWANCE)
    if taken_seconds is not None and is_2xx(response.status):
        exchange.end_within(taken_seconds)
    content, is_cut, broken = _read(response, max_body_bytes)
    is_whole = was_sent and broken is None and not is_cut and response.isclosed()
    is_reusable = is_whole and not response.will_close and response.status != SWITCHING_PROTOCOLS
    return WireAnswer(response.status, response.first_values(), content, is_cut, is_reusable, broken)


def _send(
    connection: PinnedConnection, method: str, target: str, headers: Sequence[tuple[str, str]], body: bytes
) -> bool:
    """Whether all of it went out.

    A peer may answer (413, say) and close while the body is still on its way; what it said can still be read.
    """
    lines = [f"{method} {target} HTTP/1.1", f"Host: {connection.host}"]
    if body or method != "GET":
        lines.append(f"content-length: {len(body)}")
    lines += [f"{name}: {value}" for name, value in headers]
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    try:
        if len(body) <= _WITH_ITS_HEAD:
            connection.sock.sendall(head + body)
        else:
            connection.sock.sendall(head)
            connection.sock.sendall(body)
    except (BrokenPipeError, ConnectionResetError):
        return False
    return True


def _read(response: FinalResponse, limit: int) -> tuple[bytes, bool, EgressError | None]:
    """At most `limit` bytes of the body, whether it was cut there, and why it ended before its time."""
    content, is_cut, broken = bytearray(), False, None
    try:
        while len(content) <= limit:
            piece = response.read1(min(_CHUNK, limit + 1 - len(content)))
            if not piece:
                break
            content += piece
    except BudgetSpent:
        is_cut = True
    except Exception as error:
        broken = while_conversing(error, response.status)
    is_cut = is_cut or len(content) > limit
    if not is_cut and broken is None and response.length:
        broken = while_conversing(http.client.IncompleteRead(bytes(content)), response.status)
    return bytes(content[:limit]), is_cut, broken
