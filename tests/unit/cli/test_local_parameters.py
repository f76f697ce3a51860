"""`doorbell local up --parameter NAME=VALUE`: what cannot be is told before anything is started."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from doorbell_cli.main import app
from doorbell_cli.stack import local
from doorbell_cli.stack.deploy import deploy
from doorbell_cli.stack.parameters import FIXED, ParameterError, chosen
from tests.support.template import TEMPLATE, template

VALUES = {
    "Backfill": "true",
    "GraceSeconds": "3600",
    "LogSampleRate": "0.01",
    "LogBufferLevel": "",
    "TargetArns": "arn:aws:sqs:*:*:jobs-*,arn:aws:sns:*:*:it's",
    "EventBusName": "a bus of ours",
}


def test_what_the_template_has_is_taken_as_it_is() -> None:
    assert chosen(TEMPLATE, [f"{name}={value}" for name, value in VALUES.items()]) == VALUES


@pytest.mark.parametrize("name", sorted(set(template()["Parameters"]) - set(FIXED)))
def test_every_parameter_of_the_template_can_be_set_to_its_default(name: str) -> None:
    default = str(template()["Parameters"][name]["Default"])
    assert chosen(TEMPLATE, [f"{name}={default}"]) == {name: default}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["Backfil=true"], 'There is no parameter "Backfil". Did you mean Backfill?'),
        (["targetarns=*"], "Did you mean TargetArns?"),
        (["Colour=red"], "template.yaml lists them"),
        (["Backfill"], '"Backfill" must be NAME=VALUE'),
        (["Backfill=yes"], 'Backfill cannot be "yes": it must be one of true, false'),
        (["LogBufferLevel=x"], 'it must be one of "", DEBUG, INFO, WARNING'),
        (["InboxTenant=two words"], "it must match [A-Za-z0-9_.-]{1,64}"),
        (["GraceSeconds=soon"], "it must be a number"),
        (["GraceSeconds=0"], "it must be 1 or more"),
        (["GraceSeconds=3601"], "it must be 3600 or less"),
        (['EventBusName=a"b'], "no quote"),
        (["Backfill=true", "Backfill=false"], "Backfill is there twice"),
        (["Architecture=arm64"], "Architecture cannot be set here"),
        (["MaximumConcurrency=50"], "MaximumConcurrency cannot be set here"),
    ],
)
def test_what_cloudformation_would_refuse_is_refused_with_what_would_be_right(
    given: Sequence[str], said: str
) -> None:
    with pytest.raises(ParameterError) as refused:
        chosen(TEMPLATE, given)
    assert said in str(refused.value)


def test_a_wrong_parameter_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def started(*given: object) -> None:
        raise AssertionError(f"built {given}")

    monkeypatch.setattr(local, "build", started)
    result = CliRunner().invoke(app, ["local", "up", "--parameter", "Backfil=true"])
    assert result.exit_code == 2
    assert "Did you mean Backfill?" in " ".join(result.stderr.replace("│", " ").split())


def test_sam_reads_each_value_as_it_was_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By the very words that it is called with."""
    calls = list[list[str]]()

    def run(command: list[str], **more: Any) -> subprocess.CompletedProcess[str]:
        calls.append(command)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    deploy(tmp_path, tmp_path / "template.yaml", "http://127.0.0.1:1", VALUES)
    (words,) = calls
    given = words[words.index("--parameter-overrides") + 1 :]
    theirs: Any = import_module("samcli.cli.types")  # which has no types
    assert theirs.CfnParameterOverridesType().convert(tuple(given), None, None) == VALUES
