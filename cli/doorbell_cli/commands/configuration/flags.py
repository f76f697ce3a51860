"""Flags to fields."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from doorbell_cli.configfile import FileError, read_file
from doorbell_cli.configuration import Kind
from doorbell_cli.output import Exit, fail

FileOption = Annotated[
    Path | None, typer.Option("--file", "-f", help="The whole item from a YAML file; - is stdin.")
]
SecretStdinOption = Annotated[
    bool, typer.Option("--secret-stdin", help="Read the secret from stdin, keep it in SSM, refer to it.")
]
SecretRefOption = Annotated[
    list[str] | None,
    typer.Option(
        "--secret", help="Reference to a secret (ssm:/…, secretsmanager:…, kms:…); the first one signs."
    ),
]

DescriptionOption = Annotated[str | None, typer.Option(help="A description for people.")]
UnsetOption = Annotated[list[str] | None, typer.Option(help="Remove this field; can be repeated.")]


def pairs(option: str, given: Sequence[str] | None, separator: str = "=") -> dict[str, str] | None:
    """`name=value`, as often as given."""
    if not given:
        return None
    found = {}
    for text in given:
        name, there, value = text.partition(separator)
        if not there or not name.strip():
            raise typer.BadParameter(f"Must be name{separator}value.", param_hint=option)
        found[name.strip()] = value.strip()
    return found


def given_only(**fields: Any) -> dict[str, Any]:
    """The fields whose flags were given."""
    return {name: value for name, value in fields.items() if value is not None and value != []}


def without(values: Mapping[str, Any], unset: Sequence[str], kind: Kind) -> dict[str, Any]:
    """The item without the fields to drop. Raises `typer.BadParameter` for one that no such item has."""
    for name in unset:
        if name in kind.key or (name not in values and name not in kind.model.model_fields):
            why = "it is the key." if name in kind.key else f"a {kind.name} has no such field."
            raise typer.BadParameter(f'"{name}" cannot be dropped: {why}', param_hint="--unset")
    return {name: value for name, value in values.items() if name not in unset}


def from_file(path: Path, kind: Kind) -> list[dict[str, Any]]:
    """The items of a file, all of the kind; the end of the command otherwise."""
    try:
        entries = read_file(path)
    except FileError as error:
        fail(str(error), Exit.USAGE)
    strangers = [entry for entry in entries if entry.kind is not kind]
    if strangers:
        fail(
            f"{path}:{strangers[0].line()}: {strangers[0].label}: `doorbell apply` takes both kinds.",
            Exit.USAGE,
        )
    if not entries:
        fail(f"{path} contains no {kind.name}.", Exit.USAGE)
    return [entry.values for entry in entries]


def secret_from_stdin() -> str:
    """What stands on stdin, or what is typed without being shown. Never an argument: others could see it."""
    if sys.stdin.isatty():
        typed: str = typer.prompt("Secret", hide_input=True)
        return typed
    text = sys.stdin.read().rstrip("\r\n")
    if not text.strip():
        fail("There is no secret on stdin.", Exit.USAGE)
    return text
