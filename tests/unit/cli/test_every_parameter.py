"""What a command asks for it takes into account."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from doorbell_cli.commands.table import COMMANDS
from doorbell_cli.lazy import real_command


def functions(command: Any, words: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Each command's own, also a group's."""
    if command.callback is not None:
        yield words, inspect.unwrap(command.callback)
    for name, inner in getattr(command, "commands", {}).items():
        yield from functions(inner, f"{words} {name}")


def unread(function: Callable[..., Any]) -> set[str]:
    """Parameters that its body never looks at."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(tree, ast.FunctionDef)
    asked = {one.arg for one in (*tree.args.args, *tree.args.kwonlyargs)}
    used = {
        node.id
        for line in tree.body
        for node in ast.walk(line)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    return asked - used


@pytest.mark.parametrize("name", COMMANDS)
def test_no_argument_or_option_is_asked_for_and_then_forgotten(name: str) -> None:
    found = functions(real_command(COMMANDS[name].at, name), name)
    assert {words: names for words, function in found if (names := unread(function))} == {}


def test_one_that_is_forgotten_would_be_found() -> None:
    def forgetful(shown: int, forgotten: int) -> int:
        return shown

    assert unread(forgetful) == {"forgotten"}
