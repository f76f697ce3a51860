"""Connections that go to checked addresses only, and stay there."""

from __future__ import annotations

import select
import ssl
from collections.abc import Sequence
from http.client import HTTPResponse

from doorbell.egress.addresses import Address
from doorbell.egress.connecting import connect
from doorbell.egress.guard import CheckedUrl
from doorbell.egress.responses import FinalResponse
from doorbell.egress.tls_socket import TlsSocket
from doorbell.egress.wire import BoundSocket, Exchange


class PinnedConnection:
    """A socket that stands, to `peer`. `host` is what the Host header says of it. Once it is closed it is
    never opened again."""

    def __init__(self, sock: BoundSocket, peer: Address, host: str) -> None:
        self.sock, self.peer, self.host = sock, peer, host
        self._response: HTTPResponse | None = None

    def bind(self, exchange: Exchange) -> None:
        """Put the connection, new or kept, under the limits of its next exchange."""
        self.sock.exchange = exchange

    @property
    def is_at_rest(self) -> bool:
        """Whether it is open and nothing has come that nobody asked for, neither on the wire nor in what TLS
        has unpacked already."""
        if isinstance(self.sock, TlsSocket) and self.sock.has_unread:
            return False
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        return not poll.poll(0)

    def response(self, method: str) -> FinalResponse:
        """The answer to what was sent last, its head read."""
        self._response = response = FinalResponse(self.sock, method=method)
        response.begin()
        return response

    def close(self) -> None:
        if self._response is not None:  # it holds the socket open while it is not read to its end
            self._response.close()
        self.sock.close()


def open_connection(
    checked: CheckedUrl, addresses: Sequence[Address], context: ssl.SSLContext | None, exchange: Exchange
) -> PinnedConnection:
    """A new connection; `context` is None exactly for plain http. The host name serves the Host header, SNI
    and the verification of the certificate, and nothing else. Raises OSError, closed behind itself."""
    if context is None:
        plain, peer = connect(addresses, checked.port, exchange, BoundSocket)
        exchange.seen.mark("connected")
        return PinnedConnection(plain, peer, checked.host_header)
    sock, peer = connect(addresses, checked.port, exchange, TlsSocket)
    exchange.seen.mark("connected")
    try:
        sock.shake_hands(context, checked.host)
        exchange.seen.mark("secured")
    except BaseException:
        sock.close()
        raise
    return PinnedConnection(sock, peer, checked.host_header)
