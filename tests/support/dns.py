"""A DNS server on loopback that answers what a test tells it, and a resolver that asks it over UDP."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from types import TracebackType
from typing import Self

_A, _AAAA, _IN = 1, 28, 1
_HEADER = struct.Struct("!6H")


class DnsServer:
    """`answers(name, n)` gives the addresses for the n-th question (from 1) about `name`. TTL is 0."""

    def __init__(self, answers: Callable[[str, int], Sequence[str]]) -> None:
        self._answers = answers
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.questions: list[str] = []

    @property
    def address(self) -> tuple[str, int]:
        host, port = self._socket.getsockname()
        return host, port

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", self.address)
        self._thread.join(5)
        self._socket.close()

    def resolver(self, host: str, timeout_seconds: float) -> Sequence[str]:
        """Fit for `HttpSender(resolver=…)`: one question over UDP for each call, nothing cached."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(timeout_seconds)
            sock.sendto(
                _HEADER.pack(7, 0x0100, 1, 0, 0, 0) + _name(host) + struct.pack("!2H", _A, _IN), self.address
            )
            return _addresses(sock.recv(4096))

    def _serve(self) -> None:
        while True:
            query, peer = self._socket.recvfrom(4096)
            if not query:
                return
            name, end = _read_name(query, _HEADER.size)
            self.questions.append(name)
            addresses = [ip_address(a) for a in self._answers(name, self.questions.count(name))]
            question = query[_HEADER.size : end + 4]
            head = _HEADER.pack(struct.unpack_from("!H", query)[0], 0x8180, 1, len(addresses), 0, 0)
            records = b"".join(
                b"\xc0\x0c"
                + struct.pack("!2HIH", _A if a.version == 4 else _AAAA, _IN, 0, len(a.packed))
                + a.packed
                for a in addresses
            )
            self._socket.sendto(head + question + records, peer)


def _name(host: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode("ascii") for label in host.split(".")) + b"\0"


def _read_name(message: bytes, at: int) -> tuple[str, int]:
    labels = []
    while length := message[at]:
        labels.append(message[at + 1 : at + 1 + length].decode("ascii"))
        at += 1 + length
    return ".".join(labels), at + 1


def _addresses(message: bytes) -> list[str]:
    count = _HEADER.unpack_from(message)[3]
    _, at = _read_name(message, _HEADER.size)
    at += 4
    found = []
    for _ in range(count):
        _, _, _, size = struct.unpack_from("!2HIH", message, at + 2)
        at += 12
        found.append(str(ip_address(message[at : at + size])))
        at += size
    return found
