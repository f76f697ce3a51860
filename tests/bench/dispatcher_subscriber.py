"""A subscriber on TLS that answers 200 after 50 ms and keeps its connections, in a process of its own.

`python -m tests.bench.dispatcher_subscriber <certificate and key>` prints its URL. What is posted to
`/ours` and `/bare` is counted; `GET /seen` tells the counts and the headers of the last request to `/ours`.
"""

import asyncio
import json
import ssl
import sys
from collections import Counter
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from tests.bench.served import served

LATENCY_SECONDS = 0.05

_seen: Counter[str] = Counter()
_headers: dict[str, str] = {}


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        request, headers = _head(self._buffer[:end])
        whole = end + 4 + int(headers.get("content-length", "0"))
        if len(self._buffer) < whole:
            return
        self._buffer = self._buffer[whole:]
        if request == "GET /seen":
            self._answer(json.dumps({"counts": _seen, "headers": _headers}))
            return
        _seen[request.removeprefix("POST /")] += 1
        if request == "POST /ours":
            _headers.update(headers)
        asyncio.get_running_loop().call_later(LATENCY_SECONDS, self._answer, '{"ok":true}')

    def _answer(self, text: str) -> None:
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(text)}\r\n\r\n"
        self._transport.write((head + text).encode())


def _head(head: bytes) -> tuple[str, dict[str, str]]:
    """Method and path; the headers, lower-case."""
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return first.rpartition(" ")[0], {name.lower(): value.strip() for name, _, value in pairs}


async def _serve(certificate: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Connection, "127.0.0.1", 0, ssl=context)
    print(f"https://localhost:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def subscriber(certificate: Path) -> AbstractContextManager[str]:
    """The URL of a subscriber that shows `certificate` (for localhost, with its key)."""
    return served("tests.bench.dispatcher_subscriber", str(certificate))


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
