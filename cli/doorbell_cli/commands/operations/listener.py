"""A subscriber on this machine that verifies and prints what comes."""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import typer

from doorbell.domain.errors import DoorbellError
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.gate import Gate
from doorbell_cli.ops.kept import Kept
from doorbell_cli.output import printable

MAX_BODY = 8 * 1024 * 1024
_PROVIDERS = {"webhook-signature": "standard-webhooks", "x-hub-signature-256": "github"}


@dataclass
class Listener:
    """Answers `status`, and 500 to the first `fail` requests; `secret` None: nothing can be verified.

    `keep` is a folder for what comes; what cannot be kept is answered 500, so that it comes again.
    """

    secret: str | None
    status: int
    fail: int
    as_json: bool
    count: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    enough: threading.Event = field(default_factory=threading.Event)
    stop_after: int | None = None
    keep: Path | None = None

    def receive(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> int:
        verdict = verified(self.secret, method, path, headers, body)
        with self.lock:
            self.count += 1
            refused = verdict.startswith("NOT")
            status = 500 if self.count <= self.fail else 401 if refused else self.status
            if self.keep is not None and not self._kept(
                self.keep, Kept(time.time(), method, path, headers, body), verdict
            ):
                status = 500
            self._print(verdict, path, headers, body, status)
            if self.stop_after is not None and self.count >= self.stop_after:
                self.enough.set()
            return status

    def _kept(self, folder: Path, request: Kept, verdict: str) -> bool:
        try:
            request.write(folder, verified=verdict)
        except OSError as error:
            typer.echo(f"error: {error.filename or folder}: not kept: {error.strerror}", err=True)
            return False
        return True

    def _print(self, verdict: str, path: str, headers: Mapping[str, str], body: bytes, status: int) -> None:
        if self.as_json:
            document = {"number": self.count, "path": path, "verified": verdict, "answered": status}
            text = body.decode("utf-8", "backslashreplace")
            typer.echo(json.dumps({**document, "headers": dict(headers), "body": text}))
            return
        kind, attempt = headers.get("doorbell-event-type", "-"), headers.get("doorbell-attempt", "-")
        typer.echo(
            printable(f"#{self.count} {time.strftime('%H:%M:%S')} {kind} attempt {attempt} → {status}")
        )
        typer.echo(f"   {printable(headers.get('webhook-id', '(no webhook-id)'))}  {verdict}")
        typer.echo("   " + _pretty(body).replace("\n", "\n   "))


def verified(secret: str | None, method: str, path: str, headers: Mapping[str, str], body: bytes) -> str:
    """What the signature says, by the checks that Doorbell's own ingest uses."""
    provider = next((name for header, name in _PROVIDERS.items() if header in headers), None)
    if provider is None:
        return "not signed" if secret is None else "NOT SIGNED"
    if secret is None:
        return "signed, not checked: no --secret"
    lower = {name.lower(): value for name, value in headers.items()}
    path, _, query = path.partition("?")
    request = RawRequest(method, f"http://localhost{path}", path, query, lower, body)
    source = Source("listen", _provider_for(provider, secret))
    try:
        Gate().examine(source, request, [secret], verify_token=None, ingest_id="listen", now=time.time())
    except DoorbellError as error:
        return f"NOT VERIFIED: {printable(str(error))}"
    return "verified"


def _provider_for(provider: str, secret: str) -> str:
    return f"{provider}.ed25519" if secret.startswith("whpk_") else provider


def handler_of(listener: Listener) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(min(size, MAX_BODY))
            status = listener.receive(self.command, self.path, headers, body)
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        do_PUT = do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            return  # what came is printed above

    return Handler


def _pretty(body: bytes) -> str:
    try:
        value: Any = json.loads(body)
    except ValueError:
        return printable(body.decode("utf-8", "backslashreplace")) or "(no body)"
    return printable(json.dumps(value, indent=2, ensure_ascii=False))
