"""YAML, read strictly: nothing given twice, nothing that contains itself, and every refusal with its line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import yaml


class FileError(Exception):
    """A file that cannot be read; the message begins with file and line."""


def documents(path: Path) -> Iterator[Any]:
    """The node of each document; raises `FileError`, also for what is found in reading on. `-` is stdin."""
    with _refusals(path):
        text = path.read_text() if str(path) != "-" else sys.stdin.read()
        for node in yaml.compose_all(text, yaml.SafeLoader):
            _refuse_doubles(path, node)
            _refuse_loops(path, node, set(), set())
            yield node


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    try:
        yield
    except RecursionError:
        raise FileError(f"{path}: nested too deeply") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FileError(f"{path}:{line}: not YAML: {_problem(error)}") from None
    except yaml.YAMLError as error:
        raise FileError(f"{path}: not YAML: {str(error).splitlines()[0]}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{path}: {getattr(error, 'strerror', None) or 'not text in UTF-8'}") from None


def value_of(path: Path, node: Any) -> dict[str, Any]:
    """What the node stands for; raises `FileError`."""
    loader = _Loader(path)
    try:
        with _refusals(path):
            value: dict[str, Any] = loader.construct_document(node)
            return value
    finally:
        loader.dispose()


def line_of(node: Any, fields: list[str]) -> int:
    """The line of a field by its path, as far as the node has it."""
    return _line(node, fields) + 1


def first_line(node: Any) -> int:
    return int(node.start_mark.line) + 1 if node is not None else 1


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
            problem = f"looks like a YAML {kind} and is not a valid one: quote it if it is text"
            raise FileError(f"{self._path}:{first_line(node)}: {problem}") from None


def _problem(error: yaml.MarkedYAMLError) -> str:
    """In words that repeat nothing of the file: what it trips over may be a secret that was not quoted."""
    if isinstance(error, yaml.composer.ComposerError):
        return "an alias (*…) of nothing: quote it if it is text"
    if isinstance(error, yaml.constructor.ConstructorError):
        return "an unknown tag (!…) or key: quote it if it is text"
    return error.problem or "cannot be read"


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
                    raise FileError(f"{path}:{first_line(key)}: a field's name must be text")
                if key.value in names and key.tag != "tag:yaml.org,2002:merge":
                    raise FileError(f"{path}:{first_line(key)}: {key.value}: given twice")
                names.add(key.value)
                pending.append(value)


def _refuse_loops(path: Path, node: Any, around: set[int], seen: set[int]) -> None:
    """An alias may stand inside what it names: YAML allows it, and whoever walks through it never ends."""
    if id(node) in around:
        raise FileError(f"{path}:{first_line(node)}: contains itself")
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
