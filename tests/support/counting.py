"""A proxy between the functions and the local AWS that counts what they ask for."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.support.patience import HANG_SECONDS
from tests.support.subscribers import Server


@dataclass(frozen=True, slots=True)
class Exchange:
    """A call and its answer, in the order of the answers. Unless `status` is 200, `answer` is the error."""

    operation: str
    request: dict[str, Any]
    status: int
    answer: dict[str, Any]


class Counts:
    """`calls[(operation, table)]`, the table "" where there is none. `upstream` is set once known."""

    def __init__(self) -> None:
        self.calls: Counter[tuple[str, str]] = Counter()
        self.exchanges: list[Exchange] = []
        self.upstream = 0
        self.url = ""
        self._lock = threading.Lock()

    def add(self, target: str, body: bytes) -> None:
        service, _, operation = target.partition(".")
        table = json.loads(body).get("TableName", "") if service.startswith("DynamoDB") else ""
        with self._lock:
            self.calls[operation, table] += 1

    def answered(self, target: str, body: bytes, status: int, content: bytes) -> None:
        exchange = Exchange(
            target.rpartition(".")[2], json.loads(body or b"{}"), status, json.loads(content or b"{}")
        )
        with self._lock:
            self.exchanges.append(exchange)

    def take_exchanges(self) -> list[Exchange]:
        """What was answered since the last time."""
        with self._lock:
            taken, self.exchanges = self.exchanges, []
        return taken

    def take(self) -> Counter[tuple[str, str]]:
        """What was counted since the last time."""
        with self._lock:
            taken, self.calls = self.calls, Counter()
        return taken


class _Proxy(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    counts: Counts

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        if target := self.headers.get("x-amz-target"):
            self.counts.add(target, body)
        upstream = HTTPConnection("127.0.0.1", self.counts.upstream, timeout=HANG_SECONDS)
        try:
            upstream.request(self.command, self.path, body, dict(self.headers.items()))
            answer = upstream.getresponse()
            content = answer.read()
        finally:
            upstream.close()
        if target:
            self.counts.answered(target, body, answer.status, content)
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "content-length", "connection", "date", "server"):
                self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_DELETE = do_HEAD = do_POST

    def log_message(self, format: str, *args: Any) -> None:
        return


@contextmanager
def counting() -> Iterator[Counts]:
    """Listen on a free port of loopback."""
    counts = Counts()
    server = Server(("127.0.0.1", 0), type("Bound", (_Proxy,), {"counts": counts}))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    counts.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield counts
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
