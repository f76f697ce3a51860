"""TLS whose deadline holds inside OpenSSL.

OpenSSL that reads the socket itself goes on within one call for as long as the peer sends records that bring
no data, and no check of ours runs until it returns. Here it works on memory only: it is given one piece of
what came, returns when that is used up, and between two pieces the deadline and the byte budget are looked
at. https://docs.python.org/3.13/library/ssl.html#memory-bio-support
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final, cast

from doorbell.egress.wire import BoundSocket

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

PIECE: Final = 16 * 1024 + 256
"""Bytes that OpenSSL is given at once, in either direction: about one record, well under a millisecond."""


class TlsSocket(BoundSocket):
    """Once `shake_hands` has returned, what is read (`recv_into`) is what the peer's records hold, and what
    is written (`send`, `sendall`) leaves in records. `recv` gives the records themselves."""

    def shake_hands(self, context: ssl.SSLContext, host: str) -> None:
        """Raises OSError: ssl.SSLError and, when the deadline passes, TimeoutError among them."""
        self._came, self._leaving = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._came, self._leaving, server_hostname=host)
        self._work(self._tls.do_handshake, at_once=False)  # what is left goes with the request

    @property
    def has_unread(self) -> bool:
        """Whether something has come that nobody has asked for yet."""
        return self._came.pending > 0 or self._tls.pending() > 0

    def recv_into(self, buffer: WriteableBuffer, nbytes: int = 0, flags: int = 0) -> int:
        try:
            count = cast(int, self._work(self._tls.read, nbytes or len(memoryview(buffer)), buffer))
        except ssl.SSLEOFError:  # closed without a word: http.client tells whether something is missing
            count = 0
        return self.exchange.take(count)

    def send(self, data: ReadableBuffer, flags: int = 0) -> int:
        return self._work(self._tls.write, memoryview(data)[:PIECE])

    def sendall(self, data: ReadableBuffer, flags: int = 0) -> None:
        view = memoryview(data)
        sent = 0
        while sent < len(view):
            sent += self.send(view[sent:])

    def _work[T](self, call: Callable[..., T], *arguments: object, at_once: bool = True) -> T:
        """What OpenSSL makes of `call`, given what the peer sends piece by piece. `at_once`: what it leaves
        is sent now, and not with what is written next."""
        while True:
            try:
                result = call(*arguments)
            except ssl.SSLWantReadError:
                self._write()
                self._read()
            except ssl.SSLError:
                with suppress(OSError):
                    self._write()  # the alert that tells the peer why
                raise
            else:
                if at_once:
                    self._write()
                return result

    def _write(self) -> None:
        if self._leaving.pending:
            super().sendall(self._leaving.read())

    def _read(self) -> None:
        exchange = self.armed()
        piece = self.recv(PIECE)
        exchange.unpack(len(piece))
        if piece:
            self._came.write(piece)
        elif self._came.eof:
            raise ssl.SSLEOFError("more was asked for after the end")
        else:
            self._came.write_eof()
