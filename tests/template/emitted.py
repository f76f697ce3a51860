"""What the code counts and measures, read from its source: each metric's name and its sets of dimensions."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from doorbell.domain.deliveries import State
from doorbell.runtime.metrics import ALARMED, ALARMED_FROM, TROUBLE, TROUBLES
from tests.template.reading import ROOT

PACKAGE = ROOT / "layers" / "core" / "doorbell"
TERMINAL = frozenset(state.value.capitalize() for state in State if state.terminal)
"""`count(state.value.capitalize())`: the one name that is not written out."""
SERVICE = "service"


@cache
def trees() -> tuple[ast.Module, ...]:
    """The package's source, module by module."""
    return tuple(ast.parse(path.read_text()) for path in sorted(PACKAGE.rglob("*.py")))


@cache
def emitted() -> dict[str, set[frozenset[str]]]:
    """Name → sets of dimensions' names; the service is in all of them."""
    found: dict[str, set[frozenset[str]]] = defaultdict(set)
    for tree in trees():
        for call in _calls(tree):
            dimensions = frozenset({word.arg or "**" for word in call.keywords} | {SERVICE})
            for name in _names(call):
                found[name].add(dimensions)
    return dict(found)


@cache
def alarmed() -> frozenset[str]:
    """What is written where there is no dashboard, without dimensions."""
    assert set(emitted()) >= {*ALARMED, *ALARMED_FROM, *TROUBLES}
    return frozenset({*ALARMED, *ALARMED_FROM, TROUBLE})


@cache
def measured() -> set[str]:
    """Names of what is measured, in seconds, and not counted."""
    return {
        name
        for tree in trees()
        for call in _calls(tree)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "measure"
        for name in _names(call)
    }


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    """`…metrics.count(…)`, `…metrics().measure(…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            owner = owner.func if isinstance(owner, ast.Call) else owner
            named = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            if node.func.attr in ("count", "measure") and named == "metrics":
                yield node


def _names(call: ast.Call) -> frozenset[str]:
    first = call.args[0]
    return frozenset({first.value}) if isinstance(first, ast.Constant) else TERMINAL  # type: ignore[arg-type]
