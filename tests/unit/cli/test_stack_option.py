"""Every command that takes `--stack` talks to the stack that is named, and to no other."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from doorbell_cli.commands.table import COMMANDS
from doorbell_cli.main import app
from doorbell_cli.output import Exit
from doorbell_cli.target import Target, TargetError

FILES = {"doorbell.yaml": "subscriptions: [{subscription_id: ci, url: https://example.com/}]\n"}
"""What an example reads before it looks for a stack."""


def examples() -> Iterator[str]:
    """Of all commands, as `--help` shows them."""
    for listed in COMMANDS.values():
        for example in (listed.example, *(line.example for line in listed.commands.values())):
            if example:
                yield example.removesuffix(" --stack doorbell")


@pytest.mark.parametrize("example", sorted(set(examples())))
def test_a_command_that_takes_a_stack_talks_to_the_one_that_is_named(
    example: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Those that do not say so."""
    asked = list[str | None]()

    def found(stack: str | None) -> Target:
        asked.append(stack)
        raise TargetError("looked for")

    monkeypatch.setattr("doorbell_cli.target.find_target", found)
    monkeypatch.setattr("doorbell_cli.listening.asked.why_not_here", lambda host: "")  # a look-up
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    result = CliRunner().invoke(app, [*shlex.split(example), "--stack", "mine"])
    if "No such option: --stack" not in " ".join(result.stderr.split()):
        assert (asked, result.exit_code) == (["mine"], Exit.USAGE), result.output
