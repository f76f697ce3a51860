"""`doorbell sources detect`: whose a captured request can be, and what is missing to verify it."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from doorbell.domain.refused import Refused
from doorbell.runtime.refused_json import explained_json
from doorbell.signatures.catalogue import canonical
from doorbell.usecases.refused import Explained
from doorbell_cli.commands.configuration.sources import sources
from doorbell_cli.conformance import vectors
from doorbell_cli.conformance.given import now_of, options_of, request_of, secrets_of
from doorbell_cli.providers.captured import Captured, NoRequest, read
from doorbell_cli.providers.detecting import PROVEN, candidates

FOLDER = Path(__file__).parents[2] / "vectors"
FILES = ("provider_vectors", "oracle_vectors", "more_providers", "own_vectors")
GENUINE = [
    vector
    for file in FILES
    for vector in json.loads((FOLDER / f"{file}.json").read_text())
    if vector["expect"] == "valid" and canonical(vector.get("scheme") or vector["provider"]) is not None
]
HEADER_OF_ONES_OWN = {"the-things-stack-ok"}
"""Nothing in the request says which header its user chose."""
SECOND_SECRET = {"box-secondary-only-match", "box-sdk-secondary"}


@pytest.mark.parametrize(
    "vector", [one for one in GENUINE if one["id"] not in HEADER_OF_ONES_OWN], ids=lambda one: one["id"]
)
def test_a_genuine_requests_provider_is_among_those_it_can_be_and_its_secret_proves_it(
    vector: Mapping[str, Any],
) -> None:
    entry = vectors.entry_of(vector)
    assert entry is not None
    captured = Captured(request_of(vector), is_respelt=False, has_host=True)
    secrets, options = secrets_of(entry, vector) or [""], options_of(entry, vector)
    found = candidates(captured, now_of(vector), secrets[0], options)
    verdicts = {one.entry.name: one.verdict for one in found}
    assert entry.name in verdicts
    needs_a_fetch = verdicts[entry.name] == "key_unavailable"
    if secrets[0] and vector["id"] not in SECOND_SECRET and not needs_a_fetch:
        assert verdicts[entry.name] == PROVEN


PUSH = b'{"ref":"refs/heads/main"}'
SIGNED = "sha256=d9a9ebb5e1ab3c4a16e2bfe1bb9a7c9bf9f97d6f4ad0f1d1b13bf0dd0b4ab1ea"
HEADERS = {"X-Hub-Signature-256": SIGNED, "X-GitHub-Event": "push", "X-GitHub-Delivery": "d1"}
HTTP = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items()).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"POST /in/gh?a=1 HTTP/1.1\r\nHost: h.test\r\n" + HTTP + b"\r\n" + PUSH,
        HTTP.replace(b"\r\n", b"\n") + b"\n" + PUSH,
        json.dumps({"method": "POST", "headers": HEADERS, "body": PUSH.decode()}).encode(),
        json.dumps({"headers": HEADERS, "body": b64encode(PUSH).decode(), "isBase64Encoded": True}).encode(),
        json.dumps(
            {"headers": [[name, [value]] for name, value in HEADERS.items()], "body": PUSH.decode()}
        ).encode(),
        json.dumps(
            {
                "headers": [{"name": name, "value": value} for name, value in HEADERS.items()],
                "body": PUSH.decode(),
            }
        ).encode(),
    ],
    ids=["raw", "headers only", "json", "api gateway", "pairs", "har"],
)
def test_a_captured_request_is_read_in_the_forms_that_people_have(content: bytes) -> None:
    captured = read(content)
    assert captured.request.body == PUSH
    assert captured.request.headers["x-github-event"] == "push"
    assert not captured.is_respelt
    assert candidates(captured, 0)[0].entry.name == "github"


def test_method_url_and_query_are_those_of_the_file_unless_given() -> None:
    captured = read(b"PUT /in/gh?a=1 HTTP/1.1\r\nHost: h.test\r\n" + HTTP + b"\r\n")
    assert (captured.request.method, captured.request.url) == ("PUT", "https://h.test/in/gh?a=1")
    assert captured.has_host
    assert not read(HTTP).has_host
    given = read(HTTP, url="https://p.test/x?b=2", body=b"other")
    assert (given.request.path, given.request.raw_query, given.request.body) == ("/x", "b=2", b"other")
    event = {"rawPath": "/in/gh", "rawQueryString": "a=1", "headers": HEADERS, "body": "{}"}
    assert read(json.dumps(event).encode()).request.raw_query == "a=1"


@pytest.mark.parametrize(
    "content",
    [b"", b"no header here", b'{"body":"x"}', b"[1]", b"7", b'{"headers":7}', b'{"headers":["x"]}',
     b'{"headers":{},"body":"%%","isBase64Encoded":true}', b'{"headers":{},"body_b64":7}', b": x\n\n",
     b"\xff\xfe"],
)  # fmt: skip
def test_a_file_that_is_no_request_is_told_as_that(content: bytes) -> None:
    with pytest.raises(NoRequest, match=r"\."):
        read(content)


def detect(tmp_path: Path, content: bytes, *arguments: str, secret: str | None = None) -> Result:
    path = tmp_path / "request"
    path.write_bytes(content)
    more = ("--secret-stdin",) if secret is not None else ()
    return CliRunner().invoke(sources, ["detect", str(path), *arguments, *more], input=secret)


def stripe(body: bytes, secret: str = "whsec_1") -> bytes:
    import hmac

    signature = hmac.digest(secret.encode(), b"1764000000." + body, "sha256").hex()
    return f"Stripe-Signature: t=1764000000,v1={signature}\n\n".encode() + body


def test_detect_names_what_is_missing(tmp_path: Path) -> None:
    result = detect(tmp_path, stripe(b'{"id":"e1","type":"t"}'), "--json")
    assert result.exit_code == 0
    first = json.loads(result.stdout)[0]
    assert first["provider"] == "stripe"
    assert any(one.startswith("the secret:") for one in first["missing"])
    assert any("old, and 300 s are allowed" in one for one in first["missing"])


def test_detect_with_the_secret_proves_it_and_leaves_out_the_others(tmp_path: Path) -> None:
    result = detect(tmp_path, stripe(b'{"id":"e1"}'), "--json", secret="whsec_1")
    assert [one["provider"] for one in json.loads(result.stdout)] == ["stripe"]
    assert json.loads(result.stdout)[0]["verdict"] == "proven"
    wrong = detect(tmp_path, stripe(b'{"id":"e1"}'), secret="whsec_2")
    assert wrong.exit_code == 1
    assert "of another secret or another body" in wrong.stdout
    assert "proves it for none" in wrong.stderr
    assert "whsec_2" not in wrong.output


def test_a_line_end_that_an_editor_added_does_not_hide_the_proof(tmp_path: Path) -> None:
    result = detect(tmp_path, stripe(b'{"id":"e1"}') + b"\n", "--json", secret="whsec_1")
    found = json.loads(result.stdout)[0]
    assert found["verdict"] == "proven"
    assert any("line end" in one for one in found["missing"])


def test_a_body_that_came_parsed_and_a_url_without_host_are_told(tmp_path: Path) -> None:
    content = json.dumps({"headers": {"X-Trello-Webhook": "A" * 27 + "="}, "body": {"action": {"id": 1}}})
    missing = json.loads(detect(tmp_path, content.encode(), "--json").stdout)[0]["missing"]
    assert any("as it was sent" in one for one in missing)
    assert any("--url" in one for one in missing)


def test_what_nobody_known_signs_is_told_with_what_may_be_its_proof(tmp_path: Path) -> None:
    result = detect(tmp_path, b"X-Acme-Signature: abc\n\n{}")
    assert result.exit_code == 1
    assert "x-acme-signature may be its proof" in result.stderr
    assert "hmac" in result.stderr
    nothing = detect(tmp_path, b"Content-Type: text/plain\n\n{}")
    assert nothing.exit_code == 1
    assert "url-secret" in nothing.stderr
    assert detect(tmp_path, b'{"no":"headers"}').exit_code == 2


def refused(body: bytes, **given: Any) -> bytes:
    """As `doorbell refused show --json` prints it."""
    kept = Refused(
        refused_id="r1", source_id="pay", tenant_id="default", provider="token", at=1764000000.0, status=401,
        code="signature_missing", method="POST", url="https://h.test/in/pay?a=1", path="/in/pay",
        raw_query="a=1", headers={"stripe-signature": "t=1764000000,v1=" + "a" * 64}, source_ip="",
        size=len(body), body=body, **given,
    )  # fmt: skip
    return json.dumps(explained_json(Explained(kept, False, (), ""))).encode()


@pytest.mark.parametrize("body", [b'{"id":"e1"}', b"\xff\xfe\x00", b""])
def test_a_refused_request_is_read_as_it_is_printed(body: bytes) -> None:
    captured = read(refused(body))
    assert captured.request.body == body
    assert (captured.request.method, captured.request.url) == ("POST", "https://h.test/in/pay?a=1")
    assert captured.has_host
    assert captured.gaps == ()
    assert candidates(captured, 1764000000)[0].entry.name == "stripe"


def test_what_doorbell_did_not_keep_of_a_refused_request_is_missing() -> None:
    content = refused(b'{"id":', cut=True, masked=("header authorization", "query token"))
    missing = candidates(read(content), 1764000000)[0].missing
    assert any("its beginning alone was kept" in one for one in missing)
    assert any("header authorization, query token" in one for one in missing)
    given = candidates(read(content, body=b'{"id":"e1"}'), 1764000000)[0].missing
    assert not any("beginning" in one for one in given)


def test_a_request_may_come_on_stdin_and_then_its_secret_may_not() -> None:
    content = refused(b'{"id":"e1"}').decode()
    result = CliRunner().invoke(sources, ["detect", "-", "--json"], input=content)
    assert json.loads(result.stdout)[0]["provider"] == "stripe"
    both = CliRunner().invoke(sources, ["detect", "-", "--secret-stdin"], input=content)
    assert both.exit_code == 2
    assert "Save it in a file" in both.stderr


def test_a_file_that_cannot_be_read_is_told_by_its_name(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere", tmp_path):
        result = CliRunner().invoke(sources, ["detect", str(path)])
        assert result.exit_code == 2
        assert f"{path}: " in result.stderr.replace("\n", "")
