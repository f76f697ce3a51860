"""Which settings a function reads: found by following names from its `app.py` through `doorbell.runtime`.

A name stands for everything that its definition says: a class for all of its methods. So nothing is missed;
what is never called may be listed, too.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.template.reading import ROOT

PACKAGE = "doorbell.runtime"
_LAYER = ROOT / "layers" / "core"

type Name = tuple[str, str]
"""A module and what is defined in it; "" stands for what runs when it is imported."""


@dataclass
class _Module:
    """`imported`: local name → what it is elsewhere. `defined`: name → its code."""

    imported: dict[str, Name] = field(default_factory=dict)
    defined: dict[str, list[ast.AST]] = field(default_factory=dict)


def settings_read(function: str) -> set[str]:
    """The fields of Settings that `functions/<function>/app.py` and all that it names ask for."""
    app = ROOT / "functions" / function / "app.py"
    modules = {"app": _read(app)}
    to_do: list[Name] = [("app", name) for name in modules["app"].defined]
    seen, found = set[Name](), set[str]()
    while to_do:
        module, name = at = to_do.pop()
        if at in seen or not (module == "app" or module.startswith(PACKAGE)):
            continue
        seen.add(at)
        here = modules[module] if module in modules else _of(module)
        for node in here.defined.get(name, []):
            found |= set(_fields(node))
            to_do += _names(node, module, here)
    return found


@cache
def _of(module: str) -> _Module:
    path = _LAYER / f"{module.replace('.', '/')}.py"
    return _read(path) if path.exists() else _Module()


def _read(path: Path) -> _Module:
    tree, module = ast.parse(path.read_text()), _Module()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                is_module = (_LAYER / f"{inner.replace('.', '/')}.py").exists()
                module.imported[alias.asname or alias.name] = (
                    (inner, "") if is_module else (node.module, alias.name)
                )
    for node in tree.body:
        name = getattr(node, "name", "")
        module.defined.setdefault(name, []).append(node)
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    module.defined.setdefault(target.id, []).append(node.value)
    return module


def _names(node: ast.AST, module: str, here: _Module) -> Iterator[Name]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and part.id in here.imported:
            yield here.imported[part.id]
        elif isinstance(part, ast.Name) and part.id in here.defined:
            yield module, part.id
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
            owner = here.imported.get(part.value.id)
            if owner is not None and owner[1] == "":
                yield owner[0], part.attr


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
