"""A subscriber on loopback that checks what it gets with the official Standard Webhooks library."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


@dataclass(frozen=True, slots=True)
class Received:
    """One request as the subscriber saw it."""

    webhook_id: str
    attempt: str
    verified: bool
    answered: int
    body: bytes


@dataclass
class Subscriber:
    """Answers 500 to its first `failures` requests, then 204; 400 to what it cannot verify."""

    secret: str
    failures: int = 0
    received: list[Received] = field(default_factory=list)
    url: str = ""

    def answer(self, headers: dict[str, str], body: bytes) -> int:
        verified = self._verifies(headers, body)
        failing = len(self.received) < self.failures
        status = 400 if not verified else 500 if failing else 204
        self.received.append(
            Received(
                headers.get("webhook-id", ""), headers.get("doorbell-attempt", ""), verified, status, body
            )
        )
        return status

    def _verifies(self, headers: dict[str, str], body: bytes) -> bool:
        try:
            Webhook(self.secret).verify(body, headers)
        except WebhookVerificationError:
            return False
        return True


@contextmanager
def listening(subscriber: Subscriber) -> Iterator[Subscriber]:
    """Serve `subscriber` on a free port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            status = subscriber.answer({name.lower(): value for name, value in self.headers.items()}, body)
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return  # the demo says itself what came

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    subscriber.url = f"http://127.0.0.1:{server.server_port}/hooks"
    try:
        yield subscriber
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
