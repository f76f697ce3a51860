"""What a function's code names: followed from its `app.py` through the layer.

A name stands for everything that its definition says: a class for all of its methods. So nothing is missed;
what is never called may be listed, too.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.template.reading import ROOT

_LAYER = ROOT / "layers" / "core"

type Name = tuple[str, str]
"""A module and what is defined in it; "" stands for what runs when it is imported."""


@dataclass
class _Module:
    """`imported`: local name → what it is elsewhere. `defined`: name → its code."""

    imported: dict[str, Name] = field(default_factory=dict)
    defined: dict[str, list[ast.AST]] = field(default_factory=dict)


def named_by(function: str, package: str) -> dict[Name, list[ast.AST]]:
    """All that `functions/<function>/app.py` names in `package`, and what is named there: with its code."""
    app = _read(ROOT / "functions" / function / "app.py")
    to_do: list[Name] = [("app", name) for name in app.defined]
    found = dict[Name, list[ast.AST]]()
    while to_do:
        module, name = at = to_do.pop()
        if at in found or not (module == "app" or module.startswith(package)):
            continue
        here = app if module == "app" else _of(module)
        found[at] = here.defined.get(name, [])
        for node in found[at]:
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
