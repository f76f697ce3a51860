"""All that speaks to AWS shares one TLS context: the CA bundle is read once, and holds for everybody."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import SSLError

from doorbell.runtime import aws_tls, together, wiring
from tests.integration.egress.certificates import Authority

KEYS = {"RequestItems": {"t": {"Keys": [{"id": {"S": "evt_1"}}]}}}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    all_there: threading.Barrier

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.all_there.wait(60)  # so that each caller needs a connection of its own
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


class Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up is what is wanted here."""


@pytest.fixture
def authority() -> Authority:
    return Authority()


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, authority: Authority, tmp_path: Path) -> Iterator[None]:
    """A new environment of a function, that trusts `authority` alone."""
    bundle = tmp_path / "bundle.pem"
    bundle.write_text(authority.pem)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
    made = (wiring.settings, wiring.client, wiring._session, together.calls, together.sends, aws_tls._one)
    for one in made:
        one.cache_clear()
    yield
    for one in made:
        one.cache_clear()


@contextmanager
def serving(context: ssl.SSLContext, callers: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    Handler.all_there = threading.Barrier(callers)
    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"https://localhost:{server.server_address[1]}")
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where CA certificates were read from, each time."""
    found: list[str] = []

    def noted(name: str) -> Callable[..., None]:
        original = getattr(ssl.SSLContext, name)

        def load(context: ssl.SSLContext, *arguments: Any, **more: Any) -> None:
            found.append(name)
            original(context, *arguments, **more)

        return load

    for name in ("load_verify_locations", "load_default_certs", "set_default_verify_paths"):
        monkeypatch.setattr(ssl.SSLContext, name, noted(name))
    return found


def test_the_ca_bundle_is_read_once_for_all_clients_and_all_connections(
    authority: Authority, tmp_path: Path, loads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    callers: list[Callable[[], object]] = [
        lambda: wiring.client("dynamodb").get_item(TableName="t", Key={"id": {"S": "1"}}),
        lambda: wiring.client("sqs").send_message(QueueUrl="https://localhost/q", MessageBody="{}"),
        lambda: wiring.client("ssm").put_parameter(Name="/doorbell/a", Value="b"),
        lambda: together.calls().batch_get_item(**KEYS),
        lambda: together.calls().batch_execute_statement(Statements=[]),
        lambda: together.sends().send_message_batch(QueueUrl="https://localhost/q", Entries=[]),
    ]
    with serving(authority.server_context(tmp_path, "localhost"), len(callers), monkeypatch):
        together.calls()
        with ThreadPoolExecutor(len(callers)) as pool:
            for called in [pool.submit(caller) for caller in callers]:
                called.result()
    assert loads == ["load_verify_locations"]


@pytest.mark.parametrize("name", ["localhost", "elsewhere.example"])
def test_who_has_no_trusted_certificate_of_its_name_is_told_nothing(
    name: str, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One by an authority that is not in the bundle; one that is somebody else's."""
    issuer = Authority() if name == "localhost" else authority
    with (
        serving(issuer.server_context(tmp_path, name), 1, monkeypatch),
        pytest.raises(SSLError, match="SSL validation failed"),
    ):
        wiring.client("dynamodb").get_item(TableName="t", Key={"id": {"S": "1"}})


def test_a_proxy_of_the_environment_is_gone_by_as_botocore_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://localhost:1")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert aws_tls.context_of(wiring.client("sqs")) is None
