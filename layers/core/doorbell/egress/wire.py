"""Limits of one request and its answer, and a socket that keeps them, whatever the peer does.

A socket's own time-out starts anew with every call, so a peer that sends a byte a second is never late. This
one sets its time-out to what is left of the exchange before every call that can block, and counts every byte
that comes in. `http.client` does all its reading and writing through the methods overridden here.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from doorbell.egress.seen import Seen

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

PACKING_ALLOWANCE: Final = 512 * 1024
"""Bytes of TLS an exchange takes for handshakes, tickets and the like. OpenSSL itself takes a chain of at
most 100 KiB. https://docs.openssl.org/3.0/man3/SSL_CTX_set_max_cert_list/"""
PACKING_PER_BYTE: Final = 100
"""And for each byte of the answer: a record that holds one is up to 85 bytes long (TLS 1.2, CBC, SHA-384)."""


class DeadlinePassed(TimeoutError):
    """The exchange's time is used up."""


class NoEnd(DeadlinePassed):
    """The peer sends more TLS than any answer needs: it would go on until the deadline."""


class BudgetSpent(Exception):
    """The peer sent more bytes than this exchange takes. Not an OSError, lest a layer mistake it for one."""


class Exchange:
    """The limits of one request and its answer: a deadline on `clock`, how many bytes of the answer may still
    come, and how many of the TLS around it. `seen` notes how it goes."""

    __slots__ = ("_budget", "_clock", "_deadline", "_packing", "seen")

    def __init__(self, timeout_seconds: float, clock: Callable[[], float], seen: Seen | None = None) -> None:
        self._clock = clock
        self.seen = Seen(clock) if seen is None else seen
        self._deadline = clock() + timeout_seconds
        self._budget = 0
        self._packing = PACKING_ALLOWANCE

    def remaining(self) -> float:
        """Seconds left, more than 0; raises DeadlinePassed."""
        left = self._deadline - self._clock()
        if left <= 0:
            raise DeadlinePassed("deadline passed")
        return left

    def end_within(self, seconds: float) -> None:
        """The deadline comes in so many seconds, unless it comes before."""
        self._deadline = min(self._deadline, self._clock() + seconds)

    def allow(self, count: int) -> None:
        """From here on take at most `count` bytes more."""
        self._budget = count

    def take(self, count: int) -> int:
        """So many bytes came. Raises BudgetSpent."""
        if count:
            self.seen.mark("answered")
        self._budget -= count
        self._packing += count * PACKING_PER_BYTE
        if self._budget < 0:
            raise BudgetSpent
        return count

    def unpack(self, count: int) -> None:
        """`count` bytes of TLS came. Raises NoEnd."""
        self._packing -= count
        if self._packing < 0:
            raise NoEnd("TLS without an end")


class BoundSocket(socket.socket):
    """Keeps the limits of the exchange that it is used for, which is set before it is used."""

    exchange: Exchange

    def recv_into(self, buffer: WriteableBuffer, nbytes: int = 0, flags: int = 0) -> int:
        return self.armed().take(super().recv_into(buffer, nbytes, flags))

    def send(self, data: ReadableBuffer, flags: int = 0) -> int:
        self.armed()
        return super().send(data, flags)

    def sendall(self, data: ReadableBuffer, flags: int = 0) -> None:
        """One time-out covers the whole call (CPython keeps it total for `sendall`)."""
        self.armed()
        super().sendall(data, flags)

    def armed(self) -> Exchange:
        """The exchange, with the socket's time-out set to what is left of it. Raises DeadlinePassed."""
        self.settimeout(self.exchange.remaining())
        return self.exchange
