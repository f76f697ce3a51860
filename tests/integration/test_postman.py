"""The Postman collection: made of the OpenAPI document, and its requests are signed as AWS checks them."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, quote

import pytest

from tests.integration.postman import BODIES, collection, text
from tests.support.patience import HANG_SECONDS

OPENAPI = Path(__file__).parents[2] / "openapi"
COMMITTED = OPENAPI / "doorbell.postman_collection.json"
NEWMAN = "newman@6.2.2"
SECRET_KEY = "a secret key/of the tests+"
GIVEN = {
    "region": "eu-central-1",
    "access_key": "AKIDEXAMPLE",
    "secret_key": SECRET_KEY,
    "session_token": "a/session+token=",
    "tenant_id": "acme",
    "source_id": "gh-main",
    "subscription_id": "sub_1",
    "event_id": "evt_1",
    "event_type": "invoice.paid",
    "job_id": "job_1",
}


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def is_signed(self) -> bool:
        """By Signature Version 4, checked as AWS documents it.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html"""
        found = re.fullmatch(
            r"AWS4-HMAC-SHA256 Credential=(\w+)/(\d{8}/[\w-]+/execute-api/aws4_request), ?"
            r"SignedHeaders=([\w;-]+), ?Signature=(\w{64})",
            self.headers.get("authorization", ""),
        )
        if found is None:
            return False
        names = found[3].split(";")
        path, _, query = self.path.partition("?")
        pairs = sorted(
            (quote(name, safe="~"), quote(value, safe="~")) for name, value in parse_qsl(query, True)
        )
        canonical = [
            self.method,
            quote(path, safe="/~"),
            "&".join(f"{name}={value}" for name, value in pairs),
        ]
        canonical += [*(f"{name}:{self.headers[name].strip()}" for name in names), "", found[3]]
        canonical.append(hashlib.sha256(self.body).hexdigest())
        digest = hashlib.sha256("\n".join(canonical).encode()).hexdigest()
        key = f"AWS4{SECRET_KEY}".encode()
        for part in found[2].split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        to_sign = f"AWS4-HMAC-SHA256\n{self.headers['x-amz-date']}\n{found[2]}\n{digest}"
        return hmac.compare_digest(hmac.digest(key, to_sign.encode(), "sha256").hex(), found[4])


@contextmanager
def api() -> Iterator[tuple[str, list[Asked]]]:
    """Somebody who answers in the stack's place; its URL, and what was asked."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked.append(Asked(self.command, self.path, headers, body))
            self.send_response(204)
            self.end_headers()

        do_GET = do_PUT = do_DELETE = do_POST

        def log_message(self, format: str, *args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def sent(folder: Path, given: dict[str, str]) -> list[Asked]:
    """What newman, which is installed in `folder`, sends with these variables."""
    with api() as (url, asked):
        variables = {"base_url": url, **given}
        options = [part for name, value in variables.items() for part in ("--env-var", f"{name}={value}")]
        command = [str(folder / "node_modules" / ".bin" / "newman"), "run", str(COMMITTED), *options]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=HANG_SECONDS)
    assert done.returncode == 0, done.stdout
    return asked


def document() -> dict[str, dict[str, dict[str, dict[str, object]]]]:
    loaded: dict[str, dict[str, dict[str, dict[str, object]]]] = json.loads(
        (OPENAPI / "admin.json").read_text()
    )
    return loaded


def test_the_committed_collection_is_made_of_the_committed_document() -> None:
    assert COMMITTED.read_text() == text(document()), (
        "write openapi/ anew with `python -m tests.integration.write_openapi`"
    )


def test_every_operation_is_in_it_and_each_that_takes_a_body_has_one() -> None:
    operations = [one for methods in document()["paths"].values() for one in methods.values()]
    made = [item for folder in collection(document())["item"] for item in folder["item"]]
    assert len(made) == len(operations)
    unsigned = [one["name"] for one in made if one["request"].get("auth") == {"type": "noauth"}]
    assert unsigned == ["ring"]
    assert {one["operationId"] for one in operations if "requestBody" in one} == BODIES.keys()


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_postmans_own_runner_sends_every_request_with_a_signature_that_is_right(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text("{}")
    install = ["npm", "install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", NEWMAN]
    subprocess.run(install, cwd=tmp_path, check=True, capture_output=True, timeout=HANG_SECONDS)
    asked = sent(tmp_path, GIVEN)
    assert len(asked) == sum(len(folder["item"]) for folder in collection(document())["item"])
    assert [f"{one.method} {one.path}" for one in asked if not one.is_signed] == ["POST /in/gh-main"]
    signed = [one for one in asked if one.is_signed]
    assert {one.headers["x-amz-security-token"] for one in signed} == {GIVEN["session_token"]}
    assert not replace(asked[0], body=asked[0].body + b" ").is_signed
    assert "/admin/tenants/acme/subscriptions/sub_1/health/reset" in {one.path for one in asked}
    own = sent(tmp_path, GIVEN | {"session_token": ""})
    assert {
        (one.is_signed, "x-amz-security-token" in one.headers) for one in own if one.path != "/in/gh-main"
    } == {(True, False)}
