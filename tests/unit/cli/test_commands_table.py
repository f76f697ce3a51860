"""What `doorbell` lists without importing it, and what it imports once a command is named."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from doorbell import __version__
from doorbell_cli.commands.table import COMMANDS, PANELS
from doorbell_cli.lazy import real_command
from doorbell_cli.main import app

ROOT = Path(__file__).parents[3]
HEAVY = {
    "boto3",
    "botocore",
    "pydantic",
    "cryptography",
    "jsonschema",
    "doorbell.signatures",
    "yaml",
    "awscrt",
}
OURS = HEAVY - {"pydantic"}
"""Typer itself reads options with pydantic, its own `--install-completion` among them: it is there as soon
as a command is named."""
COMPLETE = {"_DOORBELL_COMPLETE": "complete_bash"}


def first_paragraph(text: str | None) -> str:
    return " ".join((text or "").split("\n\n")[0].split())


@pytest.mark.parametrize("name", COMMANDS)
def test_the_line_of_a_command_in_the_list_is_the_first_of_its_own_help(name: str) -> None:
    assert COMMANDS[name].help == first_paragraph(real_command(COMMANDS[name].at, name).help)


@pytest.mark.parametrize("name", [name for name, listed in COMMANDS.items() if listed.commands])
def test_a_group_lists_exactly_the_commands_it_has(name: str) -> None:
    real = real_command(COMMANDS[name].at, name).commands
    listed = {n: line.help for n, line in COMMANDS[name].commands.items()}
    assert listed == {n: first_paragraph(c.help) for n, c in real.items()}


def test_a_group_that_lists_no_commands_has_options_of_its_own() -> None:
    """Otherwise it could list them, and need not be imported to be shown."""
    for name, listed in COMMANDS.items():
        real = real_command(listed.at, name)
        if hasattr(real, "commands") and not listed.commands:
            assert real.params, name


EXAMPLES = [
    line.example
    for name, one in COMMANDS.items()
    for line in ({name: one} if not one.commands else one.commands).values()
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_command_has_an_example_that_it_takes(
    example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("doorbell.yaml", "vectors.json", "push.json", "request.txt"):
        (tmp_path / name).write_text("{}")
    words = shlex.split(example.partition(" > ")[0])
    context: Any = get_command(app).make_context("doorbell", list(words))
    while context._protected_args or context.args:
        name, command, rest = context.command.resolve_command(
            context, [*context._protected_args, *context.args]
        )
        context = command.make_context(name, rest, parent=context)
        if not hasattr(command, "commands"):
            break
    assert context.command_path.removeprefix("doorbell ").split() == words[: context.command_path.count(" ")]
    epilogs = (context.command.epilog, context.parent.command.epilog)
    assert f"Example: doorbell {example}" in epilogs


def test_help_lists_each_command_under_its_heading_and_none_under_another() -> None:
    environ = {"COLUMNS": "200", "TERMINAL_WIDTH": "200"}
    shown = CliRunner().invoke(app, ["--help"], env=environ).stdout
    found, heading = dict[str, list[str]](), ""
    for line in shown.splitlines():
        if title := re.match("╭─ (.+?) ─", line):
            heading = title[1]
        elif name := re.match("│ ([a-z][a-z-]*) ", line):
            found.setdefault(heading, []).append(name[1])
    assert found == {heading: list(listed) for heading, listed in PANELS.items()}


def test_help_is_broken_into_lines_by_the_terminal_alone() -> None:
    environ = {"COLUMNS": "200", "TERMINAL_WIDTH": "200"}
    shown = CliRunner().invoke(app, ["audit", "--help"], env=environ).stdout
    assert "must have a delivery, and each delivery must be delivered" in shown
    assert "Example: doorbell audit --since 7d" in shown


def asked_for(command: Any, words: str = "doorbell") -> Iterator[tuple[str, Any]]:
    """Every argument and option, each with the command that takes it."""
    yield from ((f"{words} {one.name}", one) for one in command.params)
    for name, inner in getattr(command, "commands", {}).items():
        yield from asked_for(inner, f"{words} {name}")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_argument_and_option_says_what_it_is(name: str) -> None:
    silent = [what for what, one in asked_for(real_command(COMMANDS[name].at, name)) if not one.help]
    assert silent == []


@pytest.mark.parametrize("name", [name for name, listed in COMMANDS.items() if listed.commands])
def test_a_group_without_a_command_shows_its_help(name: str) -> None:
    assert "Usage: " in CliRunner().invoke(app, [name]).output


def test_the_version_is_told() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout == f"doorbell {__version__}\n"


def loaded_by(code: str, **environ: str) -> tuple[set[str], str]:
    """What of `HEAVY` a fresh interpreter holds after the code, and what it printed before."""
    tail = f"\nprint(); print(json.dumps(sorted(set({sorted(HEAVY)}) & set(sys.modules))))"
    done = subprocess.run(
        [sys.executable, "-c", "import json, sys\n" + code + tail],
        env={**os.environ, "PYTHONPATH": f"{ROOT}/cli:{ROOT}/layers/core", **environ},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    printed, _, found = done.stdout.rstrip().rpartition("\n")
    return set(json.loads(found)), printed


CALL = """
from doorbell_cli.main import app
try:
    app({arguments}, prog_name="doorbell")
except SystemExit:
    pass
"""


def test_the_tool_itself_imports_nothing_heavy() -> None:
    assert loaded_by("import doorbell_cli.main")[0] == set()


@pytest.mark.parametrize("arguments", [["--help"], []])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    heavy, printed = loaded_by(CALL.format(arguments=arguments))
    assert "subscriptions" in printed
    assert heavy == set()


@pytest.mark.parametrize(("group", "shown"), [("sources", "rotate-secret"), ("events", "tail")])
def test_the_help_of_a_group_imports_none_of_its_commands(group: str, shown: str) -> None:
    heavy, printed = loaded_by(CALL.format(arguments=[group, "--help"]))
    assert shown in printed
    assert heavy & OURS == set()


@pytest.mark.parametrize(
    ("words", "completed"), [("doorbell subs", "subscriptions"), ("doorbell events t", "tail")]
)
def test_completing_a_name_imports_no_command(words: str, completed: str) -> None:
    environ = {**COMPLETE, "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    heavy, printed = loaded_by(CALL.format(arguments=[]), **environ)
    assert completed in printed.split()
    assert heavy & OURS == set()


def test_options_of_a_command_are_completed() -> None:
    environ = {**COMPLETE, "COMP_WORDS": "doorbell sources put --prov", "COMP_CWORD": "3"}
    assert "--provider" in loaded_by(CALL.format(arguments=[]), **environ)[1].split()


def test_a_command_that_only_reads_events_loads_neither_models_nor_signatures() -> None:
    heavy, _ = loaded_by(CALL.format(arguments=["events", "list", "--help"]))
    assert heavy & OURS == {"botocore"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["event", "list"], "Did you mean 'events'?"),
        (["events", "lst"], "Did you mean 'list'?"),
        (["events", "nothing-like-it"], "No such command 'nothing-like-it'."),
        (["events", "list", "--limti", "3"], "No such option"),
    ],
)
def test_what_is_mistyped_is_said_as_by_any_command(arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.replace("│", " ").split())
