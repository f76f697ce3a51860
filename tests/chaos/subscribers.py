"""Five subscribers that remember every request they were sent: sound, flaky, slow to begin, one that gets one
chance (and uses few), one that goes away. Together they end in every terminal state."""

import random
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep

HANG_SECONDS = 4.0
HANGS = 2
RETRIES = [0, 1, 2, 4, 8, *[15] * 25]


@dataclass
class Witness:
    """`answers(n)` gives the status for the n-th request. `seen` counts the requests of each event,
    `attempts` their `doorbell-attempt` headers, `accepted` its 2xx answers. `on_request` hears of each before
    it is answered, with the caller's port."""

    name: str
    answers: Callable[[int], int]
    fields: dict[str, object]
    seen: Counter[str] = field(default_factory=Counter)
    attempts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    accepted: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    on_request: Callable[[int, int], None] = lambda number, port: None
    lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""

    def answer(self, event_id: str, attempt: int, port: int) -> int:
        with self.lock:
            self.requests += 1
            number = self.requests
            self.seen[event_id] += 1
            self.attempts[event_id].append(attempt)
        self.on_request(number, port)
        status = self.answers(number)
        if 200 <= status < 300:
            with self.lock:
                self.accepted[event_id] += 1
        return status


def witnesses(seed: int) -> list[Witness]:
    rand = random.Random(seed)

    def hanging(number: int) -> int:
        if number <= HANGS:
            sleep(HANG_SECONDS)  # past the subscription's time-out: the answer comes too late
        return 204

    patient = {"timeout_seconds": 2, "retry": {"schedule": RETRIES}}
    few = {"timeout_seconds": 2, "event_types": ["issues*"], "retry": {"schedule": [0]}}
    return [
        Witness("steady", lambda number: 204, patient),
        Witness("flaky", lambda number: 500 if rand.random() < 0.15 else 204, patient),
        Witness("hanging", hanging, patient),
        Witness("once", lambda number: 500 if number % 4 else 204, few),
        Witness("gone", lambda number: 410 if number > 2 else 204, few),
    ]


@contextmanager
def serving(witness: Witness) -> Iterator[Witness]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", "0")))
            event_id, attempt = self.headers.get("webhook-id", ""), self.headers.get("doorbell-attempt", "0")
            status = witness.answer(event_id, int(attempt), self.client_address[1])
            try:
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()
            except OSError:
                self.close_connection = True  # the worker was killed, or had enough

        def log_message(self, format: str, *args: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: object, client_address: object) -> None:
            return  # a reset connection is what this run is about

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    witness.url = f"http://127.0.0.1:{server.server_port}/hooks"
    try:
        yield witness
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
