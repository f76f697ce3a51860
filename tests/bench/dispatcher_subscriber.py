"""A subscriber on TLS that answers 200 after a while and keeps its connections, in a process of its own.

`python -m tests.bench.dispatcher_subscriber <certificate and key> <seconds> <keeps or closes>` prints its
URL. What is posted to `/ours` and `/bare` is counted; `GET /seen` tells the counts, the headers of the last
request to `/ours`, and how many requests waited for their answer at the most since it was asked last.
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
_waiting = Counter[str]()


class _Connection(asyncio.Protocol):
    def __init__(self, latency: float, keeps: bool) -> None:
        self._buffer = b""
        self._latency, self._keeps = latency, keeps

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
            self._answer(json.dumps({"counts": _seen, "headers": _headers, "most": _waiting["most"]}))
            _waiting["most"] = 0
            return
        _seen[request.removeprefix("POST /")] += 1
        if request == "POST /ours":
            _headers.update(headers)
        _waiting["now"] += 1
        _waiting["most"] = max(_waiting["most"], _waiting["now"])
        asyncio.get_running_loop().call_later(self._latency, self._answer_posted)

    def _answer_posted(self) -> None:
        _waiting["now"] -= 1
        self._answer('{"ok":true}', "" if self._keeps else "connection: close\r\n")
        if not self._keeps:
            self._transport.close()

    def _answer(self, text: str, more: str = "") -> None:
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(text)}\r\n{more}"
        self._transport.write(f"{head}\r\n{text}".encode())


def _head(head: bytes) -> tuple[str, dict[str, str]]:
    """Method and path; the headers, lower-case."""
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return first.rpartition(" ")[0], {name.lower(): value.strip() for name, _, value in pairs}


async def _serve(certificate: str, seconds: str, keeps: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: _Connection(float(seconds), keeps == "keeps"), "127.0.0.1", 0, ssl=context, backlog=256
    )
    print(f"https://localhost:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def subscriber(
    certificate: Path, seconds: float = LATENCY_SECONDS, *, keeps: bool = True
) -> AbstractContextManager[str]:
    """The URL of a subscriber that shows `certificate` (for localhost, with its key)."""
    how = "keeps" if keeps else "closes"
    return served("tests.bench.dispatcher_subscriber", str(certificate), str(seconds), how)


if __name__ == "__main__":
    asyncio.run(_serve(*sys.argv[1:]))
