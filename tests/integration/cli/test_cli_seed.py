"""A local stack that has just come up gets its sources, subscriptions and secrets from a file."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from doorbell.signatures.source_check import secret_problem
from doorbell_cli.commands.configuration.apply import read_entries
from doorbell_cli.commands.configuration.seed import sow
from tests.integration.cli.conftest import Shell

SEED = """
sources:
  - {source_id: gh, provider: github, secrets: [ssm:/doorbell/gh]}
  - {source_id: own, provider: standard-webhooks, secrets: [ssm:/doorbell/own]}
subscriptions:
  - {subscription_id: ci, url: "https://127.0.0.1/", secrets: [ssm:/doorbell/ci], event_types: [push]}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "seed.yaml"
    file.write_text(SEED)
    return file


def secrets(shell: Shell) -> dict[str, str]:
    return {name: shell.parameter(f"ssm:/doorbell/{name}") for name in ("gh", "own", "ci")}


def test_items_are_written_and_check_finds_every_secret_they_refer_to(shell: Shell, file: Path) -> None:
    sow(shell.target, read_entries([file]))
    assert shell.item("Sources", source_id="gh")["provider"] == "github"
    assert shell.item("Subscriptions", tenant_id="default", subscription_id="ci")["event_types"] == ["push"]
    assert not [f for f in shell.json("check")["findings"] if "secret" in f["problem"]]


def test_secrets_have_the_form_that_their_use_needs(shell: Shell, file: Path) -> None:
    sow(shell.target, read_entries([file]))
    made = secrets(shell)
    assert secret_problem("github", None, made["gh"]) == ""
    assert secret_problem("standard-webhooks", None, made["own"]) == ""
    assert made["ci"].startswith("whsec_")


def test_secrets_are_the_same_at_every_start_and_not_those_of_one_another(shell: Shell, file: Path) -> None:
    sow(shell.target, read_entries([file]))
    first = secrets(shell)
    sow(shell.target, read_entries([file]))
    assert secrets(shell) == first
    assert len(set(first.values())) == 3


def test_secrets_are_said_because_whoever_rings_needs_them(
    shell: Shell, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sow(shell.target, read_entries([file]))
    said = capsys.readouterr().err
    for name, secret in secrets(shell).items():
        assert f"ssm:/doorbell/{name} = {secret}" in said


def test_a_broken_item_is_told_and_nothing_is_written(
    shell: Shell, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(SEED.replace("provider: github", "provider: gitbuh"))
    with pytest.raises(typer.Exit):
        sow(shell.target, read_entries([file]))
    assert f"{file}:3" in capsys.readouterr().err
    assert shell.json("sources", "list") == []
