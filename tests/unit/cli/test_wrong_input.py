"""`doorbell verify` and `doorbell sign` of what cannot be read: wrong use, said in a line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from doorbell_cli.commands.sign import sign
from doorbell_cli.commands.verify import verify

CASE = {"provider": "github", "id": "one", "expect": "valid", "secret": "k", "body": "{}", "headers": {}}

app = typer.Typer()
app.command()(verify)
app.command()(sign)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def said(result: Result) -> str:
    """What is on stderr, without the box around it."""
    return " ".join(result.stderr.replace("│", " ").split())


def cases(folder: Path, *values: object) -> str:
    path = folder / "cases.json"
    path.write_text(json.dumps(values))
    return str(path)


@pytest.mark.parametrize(
    ("option", "case"),
    [
        ("--vectors", "seven"),
        ("--vectors", {}),
        ("--vectors", {**CASE, "headers": ["x"]}),
        ("--handshakes", {"provider": "meta"}),
        ("--handshakes", {"provider": "meta", "request": 7}),
    ],
)
def test_verify_of_a_malformed_case_names_it(option: str, case: object, tmp_path: Path) -> None:
    result = run("verify", option, cases(tmp_path, case))
    assert result.exit_code == 2
    assert "case 1 is " in said(result)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "cases.json is not JSON: Expecting property name"),
        ("[" * 100_000, "cases.json is not JSON: "),
        ("[]", "cases.json contains no list of cases."),
        ('{"vectors": 7}', "cases.json contains no list of cases."),
    ],
)
@pytest.mark.parametrize("option", ["--vectors", "--handshakes"])
def test_verify_of_a_file_without_cases_names_the_file(
    option: str, text: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("cases.json").write_text(text)
    result = run("verify", option, "cases.json")
    assert result.exit_code == 2
    assert why in said(result)


def test_names_of_cases_do_not_drive_the_terminal(tmp_path: Path) -> None:
    result = run("verify", "--vectors", cases(tmp_path, {**CASE, "id": "[/red]\x1b[2J", "provider": "[/x]"}))
    assert result.exit_code == 1
    assert "[/red]\\x1b[2J" in result.stdout


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        (["--body", "@nowhere/missing"], "No such file"),
        (["--body", "@/"], "directory"),
        (["--url", "x"], "Must be a whole URL"),
        (["--url", "http://[x/"], "Must be a whole URL"),
        (["--output", "fax"], "Must be curl or event"),
        (["--at", "-9e99"], "--at"),
        (["--header", "x"], "Invalid value for --header: 'x' must be `name: value`."),
        (["--header", "x: a\nb"], "Invalid value for --header: 'x' has a line break"),
        (["--option", "id"], "Invalid value for --option"),
        (["--option", "foo=1"], "Invalid value for --option: github has no option foo. Known are: none."),
        (["--provider", "hmac", "--scheme", "{"], "Invalid value for --scheme: Not JSON"),
    ],
)
def test_sign_of_what_cannot_be_meant_says_why(flags: list[str], why: str) -> None:
    given = ["--provider", "github", "--url", "https://h.test/in/s", "--secret", "k", "--output", "event"]
    result = run("sign", *given, *flags)
    assert result.exit_code == 2
    assert why in said(result)
