"""Configuration in YAML, each item with the line it stands on.

    sources:
      - {source_id: github, provider: github, secrets: [ssm:/doorbell/github]}
    subscriptions:
      - {subscription_id: ci, url: https://ci.example.com/hooks, secrets: [ssm:/doorbell/ci]}

A file can also hold one item alone, or a list of them. `tenant_id` is "default" where it is not given.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import yaml

from doorbell.egress.guard import EgressPolicy
from doorbell_cli.configuration import DEFAULT_TENANT, KINDS, SUBSCRIPTION, Kind, found_in

_LISTS = {f"{kind.name}s": kind for kind in KINDS}


class FileError(Exception):
    """A file that is no configuration; the message begins with file and line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a file."""

    kind: Kind
    values: dict[str, Any]
    path: Path
    node: Any

    @property
    def label(self) -> str:
        return self.kind.label(self.values)

    def line(self, field: str = "") -> int:
        """The line of a field by its dotted path, as far as the file has it; else of the item."""
        return _line(self.node, field.split(".")) + 1

    def problems(self, egress: EgressPolicy) -> list[str]:
        """`file:line: item: field: what is wrong`, for each."""
        return [
            f"{self.path}:{self.line(error.field)}: {self.label}: {error.field}: {error.problem}"
            for error in found_in(self.kind, self.values, egress)
        ]


def read_file(path: Path) -> list[Entry]:
    """Every item of a file, in its order; raises `FileError`. `-` is stdin."""
    try:
        text = path.read_text() if str(path) != "-" else sys.stdin.read()
        return [entry for node in yaml.compose_all(text, yaml.SafeLoader) for entry in _entries(path, node)]
    except RecursionError:
        raise FileError(f"{path}: nested too deep") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FileError(f"{path}:{line}: not YAML: {_problem(error)}") from None
    except yaml.YAMLError as error:
        raise FileError(f"{path}: not YAML: {str(error).splitlines()[0]}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{path}: {getattr(error, 'strerror', None) or 'not text in UTF-8'}") from None


def _problem(error: yaml.MarkedYAMLError) -> str:
    """In words that repeat nothing of the file: what it trips over may be a secret that was not quoted."""
    if isinstance(error, yaml.composer.ComposerError):
        return "an alias (*…) that stands for nothing: quote it if it is text"
    if isinstance(error, yaml.constructor.ConstructorError):
        return "a tag (!…) or key that YAML does not have: quote it if it is text"
    return error.problem or "cannot be read"


def _entries(path: Path, node: Any) -> Iterator[Entry]:
    _refuse_doubles(path, node)
    _refuse_loops(path, node, set(), set())
    if node is None or node.tag == "tag:yaml.org,2002:null":
        return
    if isinstance(node, yaml.SequenceNode):
        for child in node.value:
            yield _entry(path, child, None)
        return
    if not isinstance(node, yaml.MappingNode):
        raise FileError(
            f"{path}:{_first_line(node)}: an item, a list of items, or lists {' and '.join(_LISTS)}"
        )
    names = [key.value for key, _ in node.value]
    if not names or not set(names) <= set(_LISTS):
        if set(names) & set(_LISTS):
            stranger = next(key for key, _ in node.value if key.value not in _LISTS)
            raise FileError(f"{path}:{_first_line(stranger)}: {stranger.value}: not {' or '.join(_LISTS)}")
        yield _entry(path, node, None)
        return
    for key, listed in node.value:
        if not isinstance(listed, yaml.SequenceNode):
            raise FileError(f"{path}:{_first_line(key)}: {key.value}: must be a list")
        for child in listed.value:
            yield _entry(path, child, _LISTS[key.value])


def _entry(path: Path, node: Any, kind: Kind | None) -> Entry:
    if not isinstance(node, yaml.MappingNode):
        raise FileError(f"{path}:{_first_line(node)}: an item is a map of fields")
    values = _value(path, node)
    kind = kind or _kind_of(values)
    if kind is SUBSCRIPTION:
        values = {"tenant_id": DEFAULT_TENANT, **values}
    return Entry(kind, values, path, node)


def _kind_of(values: Mapping[str, Any]) -> Kind:
    return SUBSCRIPTION if "subscription_id" in values or "url" in values else KINDS[0]


class _Loader(yaml.SafeLoader):
    """YAML's own reader raises what Python says of a scalar that is not what its form or its tag promises:
    `2026-13-45`, `!!int many`. Here it is a `FileError` with the line."""

    yaml_multi_constructors: ClassVar[dict[str | None, Any]] = {}
    """None, also where another library in the process has taught YAML's own reader what `!…` is."""

    def __init__(self, path: Path) -> None:
        super().__init__("")
        self._path = path

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError, AttributeError):
            kind = node.tag.rpartition(":")[2]
            problem = f"no {kind}, which it looks like: quote it if it is text"
            raise FileError(f"{self._path}:{_first_line(node)}: {problem}") from None


def _value(path: Path, node: Any) -> dict[str, Any]:
    loader = _Loader(path)
    try:
        value: dict[str, Any] = loader.construct_document(node)
        return value
    finally:
        loader.dispose()


def _refuse_doubles(path: Path, node: Any) -> None:
    """YAML's own reader would let the last of two equal keys win in silence."""
    pending, seen = [node], set()
    while pending:
        here = pending.pop()
        if here is None or id(here) in seen:
            continue
        seen.add(id(here))
        if isinstance(here, yaml.SequenceNode):
            pending.extend(here.value)
        elif isinstance(here, yaml.MappingNode):
            names = set()
            for key, value in here.value:
                if not isinstance(key, yaml.ScalarNode):
                    raise FileError(f"{path}:{_first_line(key)}: a field's name must be text")
                if key.value in names and key.tag != "tag:yaml.org,2002:merge":
                    raise FileError(f"{path}:{_first_line(key)}: {key.value}: given twice")
                names.add(key.value)
                pending.append(value)


def _refuse_loops(path: Path, node: Any, around: set[int], seen: set[int]) -> None:
    """An alias may stand inside what it names: YAML allows it, and whoever walks through it never ends."""
    if id(node) in around:
        raise FileError(f"{path}:{_first_line(node)}: contains itself")
    if not isinstance(node, yaml.CollectionNode) or id(node) in seen:
        return
    seen.add(id(node))
    pairs = node.value if isinstance(node, yaml.MappingNode) else [(None, child) for child in node.value]
    for _, child in pairs:
        _refuse_loops(path, child, around | {id(node)}, seen)


def _line(node: Any, fields: list[str]) -> int:
    line = int(node.start_mark.line)
    if not fields or not fields[0]:
        return line
    if isinstance(node, yaml.SequenceNode) and fields[0].isdecimal() and int(fields[0]) < len(node.value):
        return _line(node.value[int(fields[0])], fields[1:])
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == fields[0]:
                return _line(value, fields[1:]) if len(fields) > 1 else int(key.start_mark.line)
    return line


def _first_line(node: Any) -> int:
    return int(node.start_mark.line) + 1 if node is not None else 1
