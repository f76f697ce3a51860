"""Writes down what pydantic makes of the model of a source, for `doorbell.store.items.quick` of a build.

It is made of the build's own copy of the model, and names the functions that the model names. Nothing of it
is in the repository.
"""

import inspect
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from doorbell_cli.stack.environment import StackError

CORE = "CoreLayer/python"
FILE = "doorbell/store/items/written.py"
_CHECKS = {f"doorbell.store.items.{name}": name for name in ("checks", "url_checks")}
"""The modules whose functions a model may name: they need nothing of pydantic."""
_FOR_OTHERS = ("metadata", "serialization")
"""What JSON schemas and dumping are made of: no validator looks at it."""
_HEAD = '''"""Made by the build of `doorbell.store.items.source`: see `quick`."""

from doorbell.store.items import {modules}

PYDANTIC_CORE = {version!r}


class Read:
    """What the validator makes, in place of the model and of each of its parts."""

    __slots__ = ("__dict__", "__pydantic_extra__", "__pydantic_fields_set__", "__pydantic_private__")


SOURCE = {schema}
CONFIG = {config}
"""The model's own. It holds for the definitions too, which stand outside the model."""
'''


class SchemaError(Exception):
    """A schema that cannot be written down: it names what only pydantic has."""


def write_schemas(build: Path) -> None:
    """Into the core layer of `build`, by a process that imports the layer's own model."""
    core = build / CORE
    environment = {**os.environ, "PYTHONPATH": str(core)}
    command = [sys.executable, "-c", "from doorbell_cli.stack import schemas; print(schemas.of_a_source())"]
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise StackError(f"the model of a source cannot be written down:\n{done.stderr}")
    (core / FILE).write_text(done.stdout)


def of_a_source() -> str:
    """What is written for the model that is on `sys.path`."""
    import pydantic_core

    from doorbell.store.items.source import SourceItem

    return written(SourceItem.__pydantic_core_schema__, pydantic_core.__version__)


def written(schema: Mapping[str, Any], version: str) -> str:
    """Python that says a model's `schema`, which pydantic-core `version` reads. Raises `SchemaError`."""
    names = {name: f"r{number}" for number, name in enumerate(dict.fromkeys(_referred_to(schema)))}
    model = schema["schema"] if schema["type"] == "definitions" else schema
    modules, config = ", ".join(_CHECKS.values()), _text(model["config"], names)
    return _HEAD.format(modules=modules, version=version, schema=_text(schema, names), config=config)


def _referred_to(node: Any) -> Iterator[str]:
    """The names by which parts of the schema are used elsewhere in it. Each holds an address."""
    if isinstance(node, Mapping):
        if isinstance(node.get("schema_ref"), str):
            yield node["schema_ref"]
        for below in node.values():
            yield from _referred_to(below)
    elif isinstance(node, list | tuple):
        for below in node:
            yield from _referred_to(below)


def _text(node: Any, names: Mapping[str, str]) -> str:
    match node:
        case None | bool() | int() | float() | str():
            return repr(node)
        case Mapping():
            return f"{{{', '.join(_entries(node, names))}}}"
        case list():
            return f"[{', '.join(_text(below, names) for below in node)}]"
        case tuple():
            return f"({''.join(f'{_text(below, names)}, ' for below in node)})"
    return _reference(node)


def _entries(node: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    for key, below in node.items():
        if key in ("ref", "schema_ref") and isinstance(below, str):
            if below in names:
                yield f"{key!r}: {names[below]!r}"
        elif key == "cls":
            yield f"{key!r}: Read"
        elif key not in _FOR_OTHERS:
            yield f"{key!r}: {_text(below, names)}"


def _reference(node: Any) -> str:
    if node in (dict, list):
        return str(node.__name__)
    if inspect.isfunction(node) and node.__module__ in _CHECKS:
        return f"{_CHECKS[node.__module__]}.{node.__qualname__}"
    raise SchemaError(f"{node!r} is neither plain data nor a function of {' or '.join(_CHECKS)}")
