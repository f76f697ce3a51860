"""`doorbell verify`, `doorbell providers`, `doorbell sign`."""

from __future__ import annotations

import json
import shlex
from base64 import b64decode
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import typer
from typer.testing import CliRunner, Result

from doorbell.domain.events import VerifiedEvent
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.catalogue import names
from doorbell.signatures.gate import Gate
from doorbell_cli.commands.providers import providers
from doorbell_cli.commands.sign import sign
from doorbell_cli.commands.verify import verify
from tests.support.docs import section

FOLDER = Path(__file__).parents[2] / "vectors"
VECTORS = FOLDER / "provider_vectors.json"

app = typer.Typer()
app.command()(verify)
app.command()(sign)
app.add_typer(providers, name="providers")


def run(*arguments: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), env=env)


def test_verify_of_the_vectors_prints_a_row_per_provider_and_exits_0() -> None:
    result = run("verify", "--vectors", str(VECTORS))
    assert result.exit_code == 0
    for provider in ("github", "twilio", "messagebird"):
        assert f"\n {provider} " in result.stdout
    count = len(json.loads(VECTORS.read_text()))
    assert f"{count} of {count} cases got the answer that the file expects." in result.stdout


def test_verify_of_handshakes_exits_0() -> None:
    result = run("verify", "--handshakes", str(FOLDER / "handshakes.json"), "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["disagreed"] == []


def test_verify_names_what_disagrees_and_exits_1(tmp_path: Path) -> None:
    vectors = json.loads(VECTORS.read_text())[:3]
    vectors[1]["expect"] = "invalid"
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(vectors))
    result = run("verify", "--vectors", str(path), "--json")
    assert result.exit_code == 1
    assert [one["case"] for one in json.loads(result.stdout)["disagreed"]] == [vectors[1]["id"]]
    shown = run("verify", "--vectors", str(path))
    assert shown.exit_code == 1
    assert f"{vectors[1]['provider']}, case {vectors[1]['id']}: expected invalid, got valid" in shown.stdout
    assert "2 of 3 cases got the answer" in shown.stdout


@pytest.mark.parametrize("text", ["", "{}", "[]", "7"])
def test_verify_of_a_file_without_cases_is_an_error_and_not_a_success(text: str, tmp_path: Path) -> None:
    path = tmp_path / "empty.json"
    path.write_text(text)
    assert run("verify", "--vectors", str(path)).exit_code == 2


def test_verify_without_a_file_is_an_error() -> None:
    assert run("verify").exit_code == 2


def test_providers_lists_every_entry_in_each_form() -> None:
    listed = json.loads(run("providers", "--json").stdout)
    assert [one["name"] for one in listed] == list(names())
    assert all(one["documentation"].startswith("https://") and one["setup"] for one in listed)
    catalogue = section(run("providers", "--markdown").stdout, "## The catalogue")
    head, *lines = [line for line in catalogue.splitlines() if line]
    assert len(lines) == len(listed) + 1
    assert all(line.count("|") == head.count("|") for line in lines)
    assert run("providers").exit_code == 0


def test_providers_show_names_the_preset_of_addresses_or_where_the_list_is() -> None:
    assert "preset:gitlab in allowed_cidrs" in run("providers", "show", "gitlab.signed").stdout
    assert "preset:" not in run("providers", "show", "paddle.classic").stdout
    mollie = run("providers", "show", "mollie").stdout
    assert "ip-ranges.mollie.com/ips.txt" in mollie
    assert "preset:" not in mollie


def test_providers_show_says_what_to_paste_where() -> None:
    result = run("providers", "show", "hubspot.v3")
    assert result.exit_code == 0
    assert "the app's client secret" in result.stdout
    assert run("providers", "show", "nobody").exit_code == 1


def accepted(request: RawRequest, provider: str, secret: str, now: float) -> bool:
    source = Source("s", provider, secrets=("ssm:/x",))
    event = Gate().examine(source, request, [secret], verify_token=None, ingest_id="i", now=now)
    return isinstance(event, VerifiedEvent)


def test_signed_event_for_sam_local_is_one_the_gate_accepts() -> None:
    result = run(
        "sign", "--provider", "stripe", "--url", "https://h.test/in/shop?a=1", "--body", '{"id":"evt_1"}',
        "--at", "1764000000", "--output", "event", env={"DOORBELL_SECRET": "whsec_1"},
    )  # fmt: skip
    event = json.loads(result.stdout)
    assert event["pathParameters"] == {"source_id": "shop"}
    request = RawRequest(
        event["requestContext"]["http"]["method"],
        "https://h.test/in/shop?a=1",
        event["rawPath"],
        event["rawQueryString"],
        event["headers"],
        b64decode(event["body"]),
    )
    assert accepted(request, "stripe", "whsec_1", 1_764_000_000)


def test_signed_curl_line_survives_the_shell() -> None:
    body = """{"text":"it's $HOME `ls` \\\\ é"}"""
    result = run(
        "sign", "--provider", "github", "--url", "https://h.test/in/s", "--body", body, "--secret", "k",
        "--header", "X-GitHub-Event: push",
    )  # fmt: skip
    words = shlex.split(result.stdout)
    headers = {
        name.lower(): value
        for word, text in pairwise(words)
        if word == "-H"
        for name, _, value in [text.partition(": ")]
    }
    assert words[:2] == ["printf", "%s"]
    parts = urlsplit(words[-1])
    request = RawRequest("POST", words[-1], parts.path, parts.query, headers, words[2].encode())
    assert request.body.decode() == body
    assert accepted(request, "github", "k", 0)


def test_sign_without_a_secret_or_for_an_unknown_provider_fails_plainly() -> None:
    without = run("sign", "--provider", "github", "--url", "https://h.test/", env={"DOORBELL_SECRET": ""})
    assert without.exit_code == 2
    unknown = run("sign", "--provider", "nobody", "--url", "https://h.test/", "--secret", "k")
    assert unknown.exit_code == 1
    assert "nobody" in unknown.stderr
