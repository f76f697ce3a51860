"""Which settings a function reads: the fields of Settings that its code in `doorbell.runtime` asks for."""

import ast
from collections.abc import Iterator

from tests.template.named_by import named_by

PACKAGE = "doorbell.runtime"


def settings_read(function: str) -> set[str]:
    named = named_by(function, PACKAGE)
    return {field for nodes in named.values() for node in nodes for field in _fields(node)}


def _fields(node: ast.AST) -> Iterator[str]:
    """`settings().field`, and `told.field` where `told` is `settings()` under another name."""
    named = {
        target.id
        for part in ast.walk(node)
        if isinstance(part, ast.Assign) and _is_settings(part.value)
        for target in part.targets
        if isinstance(target, ast.Name)
    }
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute):
            of_a_name = isinstance(part.value, ast.Name) and part.value.id in named
            if of_a_name or _is_settings(part.value):
                yield part.attr


def _is_settings(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    return "settings" in (getattr(node.func, "id", ""), getattr(node.func, "attr", ""))
