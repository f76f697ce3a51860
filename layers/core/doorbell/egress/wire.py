"""Sockets that keep one total deadline and one byte budget, whatever the peer does.

A socket's own time-out starts anew with every call, so a peer that sends a byte a second is never late. These
sockets set their time-out to what is left of the exchange before every call that can block, and count every
byte that comes in. `http.client` and `ssl` do all their reading and writing through the methods overridden
here.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer


class DeadlinePassed(TimeoutError):
    """The exchange's time is used up."""


class BudgetSpent(Exception):
    """The peer sent more bytes than this exchange takes. Not an OSError, lest a layer mistake it for one."""


class Exchange:
    """The limits of one request and its answer: a deadline on `clock`, and how many bytes may still come."""

    __slots__ = ("_budget", "_clock", "_deadline")

    def __init__(self, timeout_seconds: float, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._deadline = clock() + timeout_seconds
        self._budget = 0

    def remaining(self) -> float:
        """Seconds left, more than 0; raises DeadlinePassed."""
        left = self._deadline - self._clock()
        if left <= 0:
            raise DeadlinePassed("deadline passed")
        return left

    def allow(self, count: int) -> None:
        """From here on take at most `count` bytes more."""
        self._budget = count

    def take(self, count: int) -> int:
        self._budget -= count
        if self._budget < 0:
            raise BudgetSpent
        return count


class BoundSocket(socket.socket):
    exchange: Exchange | None = None

    def recv_into(self, buffer: WriteableBuffer, nbytes: int = 0, flags: int = 0) -> int:
        exchange = _armed(self)
        return exchange.take(super().recv_into(buffer, nbytes, flags))

    def send(self, data: ReadableBuffer, flags: int = 0) -> int:
        _armed(self)
        return super().send(data, flags)

    def sendall(self, data: ReadableBuffer, flags: int = 0) -> None:
        """One time-out covers the whole call (CPython keeps it total for `sendall`)."""
        _armed(self)
        super().sendall(data, flags)


class BoundTlsSocket(ssl.SSLSocket):
    """`SSLSocket.sendall` calls `send`, so each of its steps is armed anew; a read or write of one TLS record
    keeps one deadline inside OpenSSL's loop."""

    exchange: Exchange | None = None

    def recv_into(self, buffer: WriteableBuffer, nbytes: int | None = None, flags: int = 0) -> int:
        exchange = _armed(self)
        return exchange.take(super().recv_into(buffer, nbytes, flags))

    def send(self, data: ReadableBuffer, flags: int = 0) -> int:
        _armed(self)
        return super().send(data, flags)


def _armed(sock: BoundSocket | BoundTlsSocket) -> Exchange:
    """The socket's exchange, with the socket's time-out set to what is left of it."""
    if sock.exchange is None:
        raise RuntimeError("a socket without an exchange was used")
    sock.settimeout(sock.exchange.remaining())
    return sock.exchange
