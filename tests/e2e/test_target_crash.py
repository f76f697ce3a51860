"""Guarantee 2 with a target: a dispatcher dies between its send and its record, and a FIFO queue has one.

Between the dispatcher and SQS stands a server of the test, which keeps one answer back: SQS has the message
then, and the dispatcher does not know.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest

from tests.e2e.test_crashes import kill_workers
from tests.e2e.test_targets import SECONDS, TENANT, delivered, matched, name, queue, subscribed
from tests.support.gateway import PUSH, Gateway
from tests.support.patience import HANG_SECONDS

pytestmark = pytest.mark.e2e


@dataclass
class Between:
    """`holds`: the answer to the next message for this queue is kept back until `dead` is set."""

    to: str
    queue: str
    holds: Event = field(default_factory=Event)
    has_taken: Event = field(default_factory=Event)
    dead: Event = field(default_factory=Event)
    sent: list[str] = field(default_factory=list)

    def passed_on(self, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        there = urlsplit(self.to)
        connection = HTTPConnection(str(there.hostname), there.port, timeout=HANG_SECONDS)
        connection.request("POST", "/", body, headers)
        answer = connection.getresponse()
        found = answer.status, dict(answer.headers), answer.read()
        connection.close()
        target = {key.lower(): value for key, value in headers.items()}.get("x-amz-target", "")
        if target.endswith(".SendMessage") and self.queue in json.loads(body)["QueueUrl"]:
            self.sent.append(json.loads(body)["MessageDeduplicationId"])
            if self.holds.is_set():
                self.holds.clear()
                self.has_taken.set()
                self.dead.wait(HANG_SECONDS)
        return found


def handler_of(between: Between) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status, headers, answer = between.passed_on(dict(self.headers), body)
            self.send_response(status)
            for key, value in headers.items():
                if key.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                    self.send_header(key, value)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None: ...

    return Handler


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever asked is dead."""


@contextmanager
def between(gateway: Gateway, called: str) -> Iterator[Between]:
    """Of the dispatcher and SQS."""
    made = Between(gateway.stack.endpoint_url, called)
    server = Quiet(("127.0.0.1", 0), handler_of(made))
    Thread(target=server.serve_forever, daemon=True).start()
    functions, function = gateway.stack.client("lambda"), gateway.stack.function_name("dispatcher")
    before = functions.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
    more = {"AWS_ENDPOINT_URL_SQS": f"http://127.0.0.1:{server.server_port}"}
    try:
        functions.update_function_configuration(
            FunctionName=function, Environment={"Variables": {**before, **more}}
        )
        yield made
    finally:
        functions.update_function_configuration(FunctionName=function, Environment={"Variables": before})
        made.dead.set()
        server.shutdown()
        server.server_close()


def test_a_dispatcher_killed_between_send_and_record_sends_again_and_a_fifo_queue_has_one(
    gateway: Gateway,
) -> None:
    source, place = gateway.put_source(tenant_id=TENANT), queue(gateway, f"{name()}.fifo", FifoQueue="true")
    called = place.url.rpartition("/")[2]
    with between(gateway, called) as wire, subscribed(gateway, source, place.arn) as subscription_id:
        delivered(gateway, source, subscription_id)
        place.take(1, gateway)
        wire.holds.set()
        event_id = matched(gateway, source, subscription_id)
        gateway.wait_until(wire.has_taken.is_set, SECONDS)
        assert gateway.deliveries(event_id)[subscription_id]["attempts"] == []
        kill_workers(gateway, "dispatcher")
        wire.dead.set()
        delivery = gateway.wait_until_ended(event_id, 1, 2 * SECONDS)[subscription_id]
        assert delivery["state"] == "delivered"
        assert [attempt["number"] for attempt in delivery["attempts"]] == [1]
        key = f"{event_id}.{subscription_id}"
        assert wire.sent.count(key) == 2
        (message,) = place.take(1, gateway)
        assert message["Body"].encode() == PUSH
        assert message["Attributes"]["MessageDeduplicationId"] == key
        assert "Messages" not in place.sqs.receive_message(QueueUrl=place.url, WaitTimeSeconds=1)
