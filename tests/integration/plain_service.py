"""A service that answers as it is told, and a client of it that tries once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from botocore.config import Config
from botocore.credentials import Credentials
from botocore.session import Session

CREDENTIALS = Credentials("AKIDEXAMPLE", "not-a-real-key", "a/session+token")


@dataclass
class Service:
    """Answers in turn as told, the last for ever; None: hangs up without a word. Remembers what came."""

    port: int = 0
    answers: list[tuple[int, str] | None] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    connections: set[object] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def next(self) -> tuple[int, str] | None:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def answering() -> Iterator[Service]:
    stand_in = Service()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            stand_in.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            stand_in.connections.add(self.client_address)
            answer = stand_in.next()
            if answer is None:
                self.close_connection = True
                return
            status, text = answer
            self.send_response(status)
            self.send_header("content-length", str(len(text.encode())))
            for name, value in stand_in.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stand_in.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield stand_in
    server.shutdown()
    server.server_close()


def client_of(url: str, service: str = "dynamodb", **config: Any) -> Any:
    session = Session()
    session.set_credentials(CREDENTIALS.access_key, CREDENTIALS.secret_key, CREDENTIALS.token)
    retries = {"mode": "standard", "total_max_attempts": 1}
    config = {"parameter_validation": False, "user_agent": "doorbell/test", "retries": retries, **config}
    return session.create_client(service, "eu-west-1", endpoint_url=url, config=Config(**config))
