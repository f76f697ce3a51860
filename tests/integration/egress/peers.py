"""A TCP peer on loopback that behaves as badly as a test wants."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Seen:
    """A request as it came: `connection` counts from 1."""

    connection: int
    line: str
    headers: list[tuple[str, str]]
    body: bytes
    sni: str | None = None

    def header(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]


class Peer:
    """Runs `script(sock, seen, peer)` for every request; it returns True to keep the connection.

    With `greet`, that is run once for every connection instead, before anything is read.
    """

    def __init__(
        self,
        script: Callable[[socket.socket, Seen, Peer], bool] | None = None,
        *,
        greet: Callable[[socket.socket, Peer], None] | None = None,
        tls: ssl.SSLContext | None = None,
        address: tuple[str, int] = ("127.0.0.1", 0),
    ) -> None:
        self._script, self._greet, self._tls = script, greet, tls
        self._listener = socket.create_server(address, backlog=128)
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._lock = threading.Lock()
        self._snis: dict[int, str | None] = {}
        if tls is not None:
            tls.sni_callback = self._note_sni
        self.port: int = self._listener.getsockname()[1]
        self.stopping = threading.Event()
        self._ended = threading.Semaphore(0)
        self.connections = 0
        self.handshake_failures = 0
        self.seen: list[Seen] = []

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        with socket.socket() as waker:  # not create_connection, which a test may have taken away
            waker.connect(self._listener.getsockname())
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()
        self._listener.close()  # only now: its number must not be given out while somebody waits on it

    def wait_for_an_end(self) -> None:
        """Until this side has closed a connection."""
        assert self._ended.acquire(timeout=10)

    def _accept(self) -> None:
        while True:
            sock, _ = self._listener.accept()
            if self.stopping.is_set():
                sock.close()
                return
            with self._lock:
                self.connections += 1
                number = self.connections
            thread = threading.Thread(target=self._serve, args=(sock, number), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, raw: socket.socket, number: int) -> None:
        raw.settimeout(20)
        sock: socket.socket = raw
        try:
            if self._tls is not None:
                try:
                    sock = self._tls.wrap_socket(raw, server_side=True)
                except (OSError, ValueError):
                    self.handshake_failures += 1
                    return
            if self._greet is not None:
                self._greet(sock, self)
                return
            while (seen := self._read(sock, number)) is not None:
                with self._lock:
                    self.seen.append(seen)
                if self._script is None or not self._script(sock, seen, self):
                    return
        except OSError:
            return
        finally:
            sock.close()
            raw.close()
            self._ended.release()

    def _read(self, sock: socket.socket, number: int) -> Seen | None:
        data = b""
        while b"\r\n\r\n" not in data:
            if self.stopping.is_set():
                return None
            chunk = self._receive(sock)
            if not chunk:
                return None
            data += chunk
        head, _, body = data.partition(b"\r\n\r\n")
        line, *lines = head.decode("latin-1").split("\r\n")
        headers = [(name, value.strip()) for name, _, value in (entry.partition(":") for entry in lines)]
        length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
        while len(body) < length:
            body += sock.recv(65536)
        return Seen(number, line, headers, body, self._snis.get(id(sock)))

    def _receive(self, sock: socket.socket) -> bytes:
        """Looks up now and then, so that a kept connection does not hold up the end of the test."""
        while not self.stopping.is_set():
            sock.settimeout(0.1)
            try:
                return sock.recv(65536)
            except TimeoutError:
                continue
            finally:
                sock.settimeout(20)
        return b""

    def _note_sni(self, sock: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> None:
        self._snis[id(sock)] = name


def ok(sock: socket.socket, seen: Seen, peer: Peer) -> bool:
    sock.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
    return True


def answering(raw: bytes, *, keep: bool = False) -> Callable[[socket.socket, Seen, Peer], bool]:
    def script(sock: socket.socket, seen: Seen, peer: Peer) -> bool:
        sock.sendall(raw)
        return keep

    return script
