"""A subscriber that keeps connections open, answers 204 at once and remembers when each event came."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass
class Arrivals:
    """`at[id]`: when each event came, by `time.monotonic`, oldest first; `id` is the body's own."""

    url: str = ""
    at: dict[str, list[float]] = field(default_factory=dict)

    def wait_for(self, ids: set[str], seconds: float) -> None:
        """Returns when all have come, or the time is over: the caller looks."""
        deadline = time.monotonic() + seconds
        while not ids <= self.at.keys() and time.monotonic() < deadline:
            time.sleep(0.05)


class _Connection(asyncio.Protocol):
    def __init__(self, arrivals: Arrivals) -> None:
        self._arrivals, self._buffer = arrivals, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            whole = end + 4 + _length(self._buffer[:end])
            if len(self._buffer) < whole:
                return
            body, self._buffer = self._buffer[end + 4 : whole], self._buffer[whole:]
            self._arrivals.at.setdefault(json.loads(body)["id"], []).append(time.monotonic())
            self._transport.write(ANSWER)


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


@contextmanager
def arrivals() -> Iterator[Arrivals]:
    """Serve on a free port of loopback until the block ends."""
    loop, seen = asyncio.new_event_loop(), Arrivals()
    server = loop.run_until_complete(loop.create_server(lambda: _Connection(seen), "127.0.0.1", 0))
    seen.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hooks"
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.close()
