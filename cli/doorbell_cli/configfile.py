"""Configuration in YAML, each item with the line it stands on.

    sources:
      - {source_id: github, provider: github, secrets: [ssm:/doorbell/github]}
    subscriptions:
      - {subscription_id: ci, url: https://ci.example.com/hooks, secrets: [ssm:/doorbell/ci]}

A file can also hold one item alone, or a list of them. `tenant_id` is "default" where it is not given.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from doorbell.egress.guard import EgressPolicy
from doorbell_cli.configuration import DEFAULT_TENANT, KINDS, SUBSCRIPTION, Kind, found_in
from doorbell_cli.strict_yaml import FileError, documents, first_line, line_of, value_of

__all__ = ["Entry", "FileError", "read_file"]

_LISTS = {f"{kind.name}s": kind for kind in KINDS}


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
        return line_of(self.node, field.split("."))

    def problems(self, egress: EgressPolicy) -> list[str]:
        """`file:line: item: field: what is wrong`, for each."""
        return [
            f"{self.path}:{self.line(error.field)}: {self.label}: {error.field}: {error.problem}"
            for error in found_in(self.kind, self.values, egress)
        ]


def read_file(path: Path) -> list[Entry]:
    """Every item of a file, in its order; raises `FileError`. `-` is stdin."""
    return [entry for node in documents(path) for entry in _entries(path, node)]


def _entries(path: Path, node: Any) -> Iterator[Entry]:
    if node is None or node.tag == "tag:yaml.org,2002:null":
        return
    if isinstance(node, yaml.SequenceNode):
        for child in node.value:
            yield _entry(path, child, None)
        return
    if not isinstance(node, yaml.MappingNode):
        raise FileError(
            f"{path}:{first_line(node)}: must be an item, a list of items, or {' and '.join(_LISTS)}"
        )
    names = [key.value for key, _ in node.value]
    if not names or not set(names) <= set(_LISTS):
        if set(names) & set(_LISTS) and not _is_subscription(names):  # one has a field `sources`
            stranger = next(key for key, _ in node.value if key.value not in _LISTS)
            raise FileError(f"{path}:{first_line(stranger)}: {stranger.value}: must be {' or '.join(_LISTS)}")
        yield _entry(path, node, None)
        return
    for key, listed in node.value:
        if not isinstance(listed, yaml.SequenceNode):
            raise FileError(f"{path}:{first_line(key)}: {key.value}: must be a list")
        for child in listed.value:
            yield _entry(path, child, _LISTS[key.value])


def _entry(path: Path, node: Any, kind: Kind | None) -> Entry:
    if not isinstance(node, yaml.MappingNode):
        raise FileError(f"{path}:{first_line(node)}: an item must be a map of fields")
    values = value_of(path, node)
    kind = kind or _kind_of(values)
    if kind is SUBSCRIPTION:
        values = {"tenant_id": DEFAULT_TENANT, **values}
    return Entry(kind, values, path, node)


def _kind_of(values: Mapping[str, Any]) -> Kind:
    return SUBSCRIPTION if _is_subscription(values) else KINDS[0]


def _is_subscription(names: Collection[str]) -> bool:
    return any(name in names for name in ("subscription_id", "url", "target"))
