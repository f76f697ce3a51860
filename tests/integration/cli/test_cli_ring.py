"""`doorbell ring`: what arrives is signed with the source's secret, as its provider would."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from doorbell.domain.events import VerifiedEvent
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.gate import Gate
from doorbell_cli import target as target_module
from doorbell_cli.ops.kept import Kept
from tests.integration.cli.conftest import Shell

SECRET = "the secret that GitHub has"


@contextmanager
def ingest(status: int = 202) -> Iterator[tuple[str, list[RawRequest]]]:
    """Somebody who answers in ingest's place; its URL, and what came."""
    came: list[RawRequest] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            path, _, query = self.path.partition("?")
            came.append(RawRequest("POST", f"{url}{self.path}", path, query, headers, body))
            self.send_response(status)
            self.send_header("doorbell-event-id", "evt_1" if status == 202 else "")
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"no")

        def log_message(self, format: str, *args: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield url, came
        finally:
            server.shutdown()
            thread.join()


def at(shell: Shell, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    target = replace(shell.target, api_url=url)
    monkeypatch.setattr(target_module, "find_target", lambda stack: target)
    shell.run("sources", "put", "gh", "--provider", "github", "--secret-stdin", stdin=SECRET)


def test_what_arrives_passes_the_check_that_ingest_makes(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ingest() as (url, came):
        at(shell, url, monkeypatch)
        said = shell.run("ring", "gh", "--event", "push", "--body", '{"ref": "refs/heads/main"}').stdout
        assert "202" in said
        assert "doorbell events show evt_1" in said
        assert shell.json("ring", "gh", "--event", "push") == {
            "status": 202,
            "event_id": "evt_1",
            "body": "no",
        }
    assert [request.path for request in came] == ["/in/gh", "/in/gh"]
    event = Gate().examine(
        Source("gh", "github"), came[0], [SECRET], verify_token=None, ingest_id="i", now=time.time()
    )
    assert isinstance(event, VerifiedEvent)
    assert event.event_type == "push"
    assert came[0].body == b'{"ref": "refs/heads/main"}'


def test_what_listen_kept_is_rung_again_signed_anew_as_a_new_delivery(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    theirs = {"x-github-event": "push", "x-github-delivery": "1", "x-hub-signature-256": "sha256=old"}
    ours = {"webhook-id": "evt_0", "doorbell-source": "gh", "host": "localhost"}
    kept = Kept(time.time(), "POST", "/hooks", {**theirs, **ours}, b'{"ref": 1}').write(tmp_path)
    with ingest() as (url, came):
        at(shell, url, monkeypatch)
        shell.run("ring", "gh", "--kept", str(kept))
        assert "one of the two" in shell.run("ring", "gh", "--kept", str(kept), "--body", "{}", code=2).stderr
        assert "not a request" in shell.run("ring", "gh", "--kept", __file__, code=1).stderr
    (request,) = came
    event = Gate().examine(
        Source("gh", "github"), request, [SECRET], verify_token=None, ingest_id="i", now=time.time()
    )
    assert isinstance(event, VerifiedEvent)
    assert (event.event_type, request.body) == ("push", b'{"ref": 1}')
    assert request.headers["x-github-delivery"] != "1"
    assert not [name for name in request.headers if name.startswith(("webhook-", "doorbell-"))]


def test_a_refusal_is_shown_and_is_a_problem(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with ingest(401) as (url, _):
        at(shell, url, monkeypatch)
        assert "401: no" in shell.run("ring", "gh", code=1).stdout


def test_a_source_that_is_not_there_or_has_no_secret_is_told(shell: Shell) -> None:
    assert "doorbell sources list" in shell.run("ring", "nothing", code=1).stderr
    shell.put("Sources", source_id="sns", provider="sns", options={"topic_arn": "*"})
    assert "has no secret" in shell.run("ring", "sns", code=1).stderr
