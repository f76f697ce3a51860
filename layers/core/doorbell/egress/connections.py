"""urllib3 connections that go to checked addresses only, and the idle ones kept for reuse."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from urllib3.connection import HTTPConnection, HTTPSConnection

from doorbell.egress.addresses import Address
from doorbell.egress.guard import CheckedUrl
from doorbell.egress.wire import BoundSocket, BoundTlsSocket, DeadlinePassed, Exchange

MAX_ADDRESSES_TRIED: Final = 4


class FinalResponse(http.client.HTTPResponse):
    """Two things that http.client leaves undone: every informational answer is skipped (102, 103, …; it skips
    only 100; RFC 9110, 15.2), and an answer that has no body by its status has none whatever its headers say
    (204 and 304; RFC 9112, 6.3)."""

    def begin(self) -> None:
        super().begin()
        while 102 <= self.status <= 199:
            self.headers = self.msg = None  # type: ignore[assignment]  # begin() returns at once when it has them
            super().begin()
        if self.status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
            self.chunked, self.length = False, 0


class PinnedConnection(HTTPConnection):
    """Connects to one of `addresses`; the host name serves the Host header and nothing else."""

    response_class = FinalResponse
    putheader = http.client.HTTPConnection.putheader  # urllib3 has a value that leaves a header out
    auto_open = 0  # a connection that was closed is never opened again behind our back, past the check
    addresses: Sequence[Address]
    exchange: Exchange
    peer: Address

    def bind(self, exchange: Exchange) -> None:
        """Put the connection, new or kept, under the limits of its next exchange."""
        self.exchange = exchange
        if isinstance(self.sock, BoundSocket | BoundTlsSocket):
            self.sock.exchange = exchange

    @property
    def is_at_rest(self) -> bool:
        """Whether it is open and nothing has come that nobody asked for, neither on the wire nor in what TLS
        has unpacked already."""
        unread = isinstance(self.sock, BoundTlsSocket) and self.sock.pending() > 0
        return self.is_connected and not unread

    def _new_conn(self) -> socket.socket:
        """urllib3's own hook for how a connection's socket comes to be."""
        sock, self.peer = connect(self.addresses, self.port, self.exchange)
        return sock


class PinnedTlsConnection(PinnedConnection, HTTPSConnection):
    """The host name also serves SNI and the verification of the certificate."""

    def connect(self) -> None:
        HTTPSConnection.connect(self)


def connect(addresses: Sequence[Address], port: int, exchange: Exchange) -> tuple[BoundSocket, Address]:
    """The first address that answers; each has an even share of the time that is left. Raises OSError."""
    tried = addresses[:MAX_ADDRESSES_TRIED]
    failure: OSError = OSError("no address")
    for index, address in enumerate(tried):
        sock = BoundSocket(socket.AF_INET if address.version == 4 else socket.AF_INET6, socket.SOCK_STREAM)
        try:
            sock.settimeout(exchange.remaining() / (len(tried) - index))
            sock.connect((str(address), port))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.exchange = exchange
            sock.settimeout(exchange.remaining())  # the TLS handshake takes its one deadline from here
            return sock, address
        except DeadlinePassed:
            sock.close()
            raise
        except OSError as error:
            sock.close()
            failure = error
    raise failure


def open_connection(
    checked: CheckedUrl, addresses: Sequence[Address], context: ssl.SSLContext | None, exchange: Exchange
) -> PinnedConnection:
    """A new connection, connected; `context` is None exactly for plain http. Raises OSError, closed behind
    itself."""
    connection = (
        PinnedConnection(checked.host, checked.port)
        if context is None
        else PinnedTlsConnection(checked.host, checked.port, ssl_context=context)
    )
    connection.addresses, connection.exchange = addresses, exchange
    try:
        connection.connect()
    except BaseException:
        connection.close()
        raise
    return connection
