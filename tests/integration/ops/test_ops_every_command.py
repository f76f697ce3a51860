"""All commands alike: what they exit with, what they ask first, and that a dry run writes nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from typer.testing import CliRunner

from doorbell.domain.errors import Refusal, Unavailable
from doorbell_cli.main import app
from doorbell_cli.output import Exit
from doorbell_cli.target import Target, TargetError
from tests.integration.ops.deployed import Doorbell
from tests.support.cli_commands import every_command

COMMANDS = every_command()
OF_A_STACK = {words: one for words, one in COMMANDS.items() if "--stack" in one.options}
NOT_BY_EXAMPLE = {"cost": ("cost", "--measured")}
"""Commands whose example may do without a stack."""
ERRORS: dict[str, tuple[Exception, Exit]] = {
    "no such stack": (TargetError("There is no stack mine."), Exit.USAGE),
    "refused": (Refusal(409, "conflict", "somebody was faster"), Exit.PROBLEM),
    "denied": (ClientError({"Error": {"Code": "AccessDenied", "Message": "x"}}, "GetItem"), Exit.AWS),
    "away": (EndpointConnectionError(endpoint_url="https://sqs.example"), Exit.AWS),
    "throttled": (Unavailable("dynamodb", "Query", "ThrottlingException"), Exit.AWS),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the files that examples name."""
    monkeypatch.chdir(tmp_path)
    text = "subscriptions: [{subscription_id: ci, url: https://example.com/, signing: none}]\n"
    (tmp_path / "doorbell.yaml").write_text(text)
    monkeypatch.setattr("doorbell_cli.listening.asked.why_not_here", lambda host: "")  # a look-up


@pytest.mark.parametrize("words", OF_A_STACK)
def test_what_a_stack_says_no_with_ends_each_command_with_its_code_and_one_line(
    words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing on stdout, where programs read."""
    one = OF_A_STACK[words]
    typed = [*NOT_BY_EXAMPLE.get(words, one.example), "--stack", "mine"]
    as_json = ["--json"] if "--json" in one.options else []
    for error, code in ERRORS.values():

        def fails(stack: str | None, error: Exception = error) -> Target:
            raise error

        monkeypatch.setattr("doorbell_cli.target.find_target", fails)
        for result in (CliRunner().invoke(app, [*typed, *more], input="") for more in ([], as_json)):
            assert result.exit_code == code, result.output
            assert isinstance(result.exception, SystemExit), repr(result.exception)
            assert result.stdout == ""
            assert len(re.findall("^error: ", result.stderr, re.MULTILINE)) == 1, result.stderr


ASKS: dict[str, tuple[str, ...]] = {
    "subscriptions delete": ("subscriptions", "delete", "acme/billing"),
    "subscriptions enable": ("subscriptions", "enable", "acme/off"),
    "subscriptions disable": ("subscriptions", "disable", "acme/billing"),
    "subscriptions pause": ("subscriptions", "pause", "acme/billing"),
    "subscriptions resume": ("subscriptions", "resume", "acme/held"),
    "sources delete": ("sources", "delete", "github"),
    "sources enable": ("sources", "enable", "off"),
    "sources disable": ("sources", "disable", "github"),
    "sources pause": ("sources", "pause", "github"),
    "sources resume": ("sources", "resume", "held"),
    "apply": ("apply", "-f", "doorbell.yaml"),
    "replay": ("replay", "--tenant", "acme", "--subscription", "billing", "--since", "1h"),
    "purge": ("purge", "--tenant", "acme"),
    "cost": ("cost", "--compare"),
}
"""Of each command that has `--yes` what it asks about."""


@pytest.fixture
def filled(doorbell: Doorbell, few_days: None) -> Doorbell:
    states: dict[str, dict[str, Any]] = {"off": {"enabled": False}, "held": {"paused": True}}
    for name, fields in states.items():
        doorbell.subscribe(name, **fields)
        source = {
            "source_id": name,
            "provider": "github",
            "tenant_id": "acme",
            "secrets": ["ssm:/doorbell/x"],
        }
        doorbell.put("SourcesTable", {**source, **fields})
    for number, state in enumerate(("exhausted", "exhausted", "pending")):
        doorbell.event(number, state=state, age=600 + number)
    return doorbell


def everything(doorbell: Doorbell) -> dict[str, Any]:
    """All that is in the tables and on the queues."""
    dynamodb, sqs = doorbell.target.client("dynamodb"), doorbell.target.client("sqs")
    tables = dynamodb.list_tables()["TableNames"]

    def scanned(name: str) -> list[Any]:
        return list(dynamodb.scan(TableName=name)["Items"])

    found: dict[str, Any] = {
        name: sorted(json.dumps(item, default=str, sort_keys=True) for item in scanned(name))
        for name in tables
    }
    for url in sqs.list_queues()["QueueUrls"]:
        number = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        found[url] = number["Attributes"]
    return found


def test_every_command_that_can_be_told_not_to_ask_is_in_the_table() -> None:
    assert set(ASKS) == {words for words, one in COMMANDS.items() if "--yes" in one.options}


@pytest.mark.parametrize("words", sorted(ASKS))
def test_what_has_to_be_confirmed_is_not_done_unless_it_is(
    filled: Doorbell, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal: neither by a no, nor by just Enter, nor where nobody answers."""
    before, typed = everything(filled), list(ASKS[words])
    terminal = SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("doorbell_cli.commands.configuration.items.sys", terminal)
    for answer in ("n\n", "\n", ""):
        result = CliRunner().invoke(app, typed, input=answer)
        assert result.exit_code == Exit.PROBLEM, result.output
    assert everything(filled) == before


DRY: dict[str, tuple[str, ...]] = {
    "apply": ("apply", "-f", "doorbell.yaml"),
    "replay": ("replay", "--tenant", "acme", "--subscription", "billing", "--since", "1h"),
    "purge": ("purge", "--tenant", "acme"),
    "backfill": ("backfill", "github"),
}


def test_every_command_that_has_a_dry_run_is_in_the_table() -> None:
    assert set(DRY) == {words for words, one in COMMANDS.items() if "--dry-run" in one.options}


@pytest.mark.parametrize("words", sorted(set(DRY) - {"backfill"}))  # its own tests have a provider
def test_a_dry_run_changes_nothing_and_asks_nothing(filled: Doorbell, words: str) -> None:
    before = everything(filled)
    result = CliRunner().invoke(app, [*DRY[words], "--dry-run"], input="")
    assert result.exit_code == Exit.OK, result.output
    assert everything(filled) == before
