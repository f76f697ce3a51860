"""Subscribers on loopback that behave as a test wants, and remember what they got."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic, sleep, time

from tests.support.patience import latest


@dataclass(frozen=True, slots=True)
class Received:
    at: float
    headers: dict[str, str]
    body: bytes


type Behaviour = Callable[["Handler", int], None]
"""Answers one request; the number counts requests from 1."""


@dataclass
class Subscriber:
    behaviour: Behaviour
    received: list[Received] = field(default_factory=list)
    url: str = ""
    connections: int = 0
    _one_by_one: threading.Lock = field(default_factory=threading.Lock)

    def came(self, request: Received) -> int:
        """Its number, which no other has that comes in the same moment."""
        with self._one_by_one:
            self.received.append(request)
            return len(self.received)

    def connected(self) -> None:
        with self._one_by_one:
            self.connections += 1

    def wait_for(self, count: int, seconds: float) -> list[Received]:
        """What came, as soon as there are `count` requests; raises `AssertionError` after `seconds`."""
        deadline = latest(seconds)
        while len(self.received) < count:
            assert monotonic() < deadline, f"{len(self.received)} of {count} requests in {seconds} s"
            sleep(0.05)
        return list(self.received)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    subscriber: Subscriber

    def setup(self) -> None:
        super().setup()
        self.subscriber.connected()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        number = self.subscriber.came(Received(time(), headers, body))
        try:
            self.subscriber.behaviour(self, number)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the caller had enough

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


class Server(ThreadingHTTPServer):
    """Of loopback. A burst of connections waits its turn: of more than five the system would drop some."""

    daemon_threads = True
    request_queue_size = 128


@contextmanager
def subscriber(behaviour: Behaviour) -> Iterator[Subscriber]:
    """Serve on a free port of loopback until the block ends."""
    serving = Subscriber(behaviour)
    handler = type("Bound", (Handler,), {"subscriber": serving})
    server = Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    serving.url = f"http://127.0.0.1:{server.server_port}/hooks"
    try:
        yield serving
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def ok(handler: Handler, number: int) -> None:
    handler.answer(204)


def failing(times: int, status: int = 500) -> Behaviour:
    """`status` to the first `times` requests, then 204."""
    return lambda handler, number: handler.answer(status if number <= times else 204)


def always(status: int, body: bytes = b"", **headers: str) -> Behaviour:
    return lambda handler, number: handler.answer(status, body, **headers)


def verifying(handler: Handler, number: int) -> None:
    """200, and in the body that the signature was verified, as docs/receivers.md has it."""
    body = json.dumps({"verified": handler.headers["webhook-id"]}).encode()
    handler.answer(200, body, content_type="application/json")


def hangs(seconds: float) -> Behaviour:
    """No answer for `seconds`, nor after them."""

    def behave(handler: Handler, number: int) -> None:
        sleep(seconds)
        handler.close_connection = True

    return behave


def hangs_after_headers(seconds: float) -> Behaviour:
    """200 at once, and then no body for `seconds`."""

    def behave(handler: Handler, number: int) -> None:
        handler.send_response(200)
        handler.send_header("content-length", "2")
        handler.end_headers()
        handler.wfile.flush()
        sleep(seconds)
        handler.close_connection = True

    return behave


def endless_body(handler: Handler, number: int) -> None:
    """200 and a body that does not end, for at most 64 MiB."""
    handler.send_response(200)
    handler.send_header("connection", "close")
    handler.end_headers()
    for _ in range(1024):
        handler.wfile.write(b"x" * 65536)
    handler.close_connection = True


@contextmanager
def dead_port() -> Iterator[int]:
    """A port of loopback on which nobody listens: it is taken as long as the block runs."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        yield port
