"""One item in the other ways in which people write it: a command, YAML, and DynamoDB's own."""

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from doorbell.store.dynamodb.tables import marshal
from doorbell_cli.commands.configuration.plan import BOOKKEEPING
from doorbell_cli.commands.configuration.views import yaml_text
from doorbell_cli.configuration import SOURCE, SUBSCRIPTION, Kind, storable

FLAGS: Mapping[str, Mapping[str, str]] = {
    SOURCE.name: {
        "provider": "--provider",
        "tenant_id": "--tenant",
        "secrets": "--secret",
        "options": "--option",
        "public_url": "--public-url",
        "verify_token_ref": "--verify-token",
        "description": "--description",
    },
    SUBSCRIPTION.name: {
        "url": "--url",
        "target": "--target",
        "invoke": "--invoke",
        "target_key": "--target-key",
        "role_arn": "--role",
        "event_types": "--event-type",
        "sources": "--source",
        "filter": "--filter",
        "transform": "--transform",
        "signing": "--signing",
        "secrets": "--secret",
        "description": "--description",
    },
}
"""Of `put`, by the field that each writes."""


@dataclass(frozen=True, slots=True)
class Spelled:
    """`reads`: what the command reads from stdin where `put` has no flags for the item; else ""."""

    command: str
    yaml: str
    put_item: str
    reads: str = ""


def spelled(kind: Kind, values: Mapping[str, Any], table: str, *, new_secret: bool = False) -> Spelled:
    """Of a sound item. `new_secret`: `put` stores or makes its secret; the others refer to it."""
    kept = {name: value for name, value in values.items() if name not in BOOKKEEPING}
    item = marshal(storable(kind, kept))
    put = ["aws", "dynamodb", "put-item", "--table-name", table, "--item"]
    put_item = shlex.join([*put, json.dumps(item, ensure_ascii=False)])
    command, yaml = _command(kind, kept, new_secret), yaml_text(kind, kept)
    if not command:
        from_stdin = shlex.join(["doorbell", f"{kind.name}s", "put", "--file", "-"])
        return Spelled(from_stdin, yaml, put_item, yaml)
    return Spelled(command, yaml, put_item)


def _command(kind: Kind, values: Mapping[str, Any], new_secret: bool) -> str:
    """ "" where `put` has no flags for it."""
    flags = FLAGS[kind.name]
    named = {name: value for name, value in values.items() if name not in kind.key}
    if set(named) - set(flags):
        return ""
    if new_secret:
        named.pop("secrets", None)
    words = ["doorbell", f"{kind.name}s", "put", "/".join(kind.key_of(values))]
    for name, value in named.items():
        for text in _texts(value):
            words += [flags[name], text]
    asked = kind is SOURCE and new_secret and "secrets" in values
    return shlex.join([*words, *(["--secret-stdin"] if asked else [])])


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from (f"{name}={text}" for name, text in value.items())
    elif isinstance(value, list | tuple | set | frozenset):
        yield from map(str, sorted(value) if isinstance(value, set | frozenset) else value)
    else:
        yield str(value)
