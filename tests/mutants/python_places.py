"""Bugs in Python: those of mutmut's operators, and some that it does not have.

mutmut itself is not run: it puts all bugs of a function behind a switch in its file, which is another text
for the tests that read sources, and it knows no code outside functions.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

from tests.mutants.bug import Bug
from tests.mutants.prose import is_prose

QUIET = ("Final", "TYPE_CHECKING", "__all__")


@dataclass(frozen=True)
class Change:
    """`kind` is the operator's name."""

    kind: str
    node: cst.CSTNode
    instead: cst.CSTNode


class _Places(cst.CSTVisitor):  # type: ignore[misc]
    """All changes; none of types, imports and documentation, which run nothing."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[int, dict[str, list[Change]]] = {}

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(
            node, cst.Annotation | cst.Import | cst.ImportFrom | cst.TypeAlias | cst.TypeParameters
        ):
            return False
        if isinstance(node, cst.Expr) and isinstance(node.value, cst.SimpleString | cst.ConcatenatedString):
            return False
        if isinstance(node, cst.If) and isinstance(node.test, cst.Name) and node.test.value in QUIET:
            return False
        if isinstance(node, cst.Decorator) and "dataclass" in cst.Module([]).code_for_node(node):
            return False
        for change in changes_of(node):
            line = self.get_metadata(PositionProvider, node).start.line
            self.found.setdefault(line, {}).setdefault(change.kind, []).append(change)
        return True


def changes_of(node: cst.CSTNode) -> Iterator[Change]:
    if isinstance(node, cst.SimpleString) and is_prose(node.raw_value):
        return
    for kind, operator in (*mutation_operators, (cst.CSTNode, _forgotten)):
        if isinstance(node, kind):
            for instead in operator(node):
                yield Change(operator.__name__, node, instead)


def _forgotten(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """A condition that never or always holds, a call that is not made, an item that is left out."""
    if isinstance(node, cst.If):
        for word in ("False", "True"):
            yield node.with_changes(test=cst.Name(word), whitespace_before_test=cst.SimpleWhitespace(" "))
    elif isinstance(node, cst.Expr) and isinstance(node.value, cst.Call):
        yield cst.Pass()
    elif isinstance(node, cst.Dict | cst.Tuple | cst.List | cst.Set) and len(node.elements) > 2:
        for at in range(len(node.elements)):
            yield node.with_changes(elements=[*node.elements[:at], *node.elements[at + 1 :]])


class Source:
    """A file, and every change of it."""

    def __init__(self, room: str, path: str, text: str) -> None:
        self._room, self._path, self._text = room, path, text
        self._wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
        places = _Places()
        self._wrapper.visit(places)
        self._found = places.found

    def bug(self, line: int, chance: Random) -> Bug | None:
        """Each kind is as likely as any other. None where there is none, or where what was drawn is no Python
        or the same program."""
        kinds = self._found.get(line)
        if not kinds:
            return None
        change = chance.choice(kinds[chance.choice(sorted(kinds))])
        try:
            spoilt = self._wrapper.module.deep_replace(change.node, change.instead).code
            if ast.dump(ast.parse(spoilt)) == ast.dump(ast.parse(self._text)):
                return None
            compile(spoilt, self._path, "exec")
        except (SyntaxError, cst.CSTValidationError, ValueError):
            return None
        return Bug.between(self._room, self._path, line, self._text, spoilt)
