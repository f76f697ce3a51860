"""Several events in one body: what all of them are called, and each of them by itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from doorbell.domain.forms import JSON_FIELDS
from doorbell.domain.json_slices import slices
from doorbell.domain.matching import OTHERS
from doorbell.domain.paths import ALL, scalar, to_list, walk, walk_all
from doorbell.domain.sources import Source
from doorbell.signatures.catalogue.entry import Each, Entry
from doorbell.signatures.facts import Facts, special
from doorbell.signatures.naming import UNKNOWN, fitted, joined

MAX_TYPES = 100
"""Different ones on record for one body; `OTHERS` stands for those beyond."""
MAX_NAMED = 10_000
"""Elements whose types are looked at; `OTHERS` stands for those of the others."""
MAX_ELEMENTS = 1000
"""More are not made events of their own: each costs a message before the provider is answered."""

type Alternatives = Sequence[Sequence[str]]
"""Locators of a type, joined; where they give nothing, the next ones."""


@dataclass(frozen=True, slots=True)
class Element:
    """`text` is as it was written. `key`: its own id, if it has one."""

    text: str
    key: str | None
    types: tuple[str, ...]


class TooMany(Exception):
    """More elements than `MAX_ELEMENTS`."""


def types_of(facts: Facts, alternatives: Alternatives, empty: str = "") -> tuple[str, ...]:
    """The different types in the body, in order; at least one, be it "unknown". `empty`: that of a body whose
    list of events is empty."""
    return _types(facts, alternatives, facts.document(), "", empty)


def elements_of(facts: Facts, source: Source, entry: Entry, alternatives: Alternatives) -> list[Element]:
    """In order; none where the body has no list where the source's events are. Raises `TooMany`."""
    at = _path(source, entry.each)
    values = walk_all(facts.document(), at.split("."))
    if len(values) > MAX_ELEMENTS:
        raise TooMany
    texts, below = _texts(facts, at.split(".")), f"{at}."
    if len(texts) != len(values):
        return []
    return [
        Element(text, _own_key(source, entry.each, value, below), _types(facts, alternatives, value, below))
        for text, value in zip(texts, values, strict=True)
    ]


def _path(source: Source, each: Each | None) -> str:
    """Where the source says that a type or a key of each is, else as the catalogue has it, else on top."""
    for given in (source.dedupe, source.event_type):
        if given is not None and given.origin == "body" and (path := to_list(given.key)):
            return path
    return each.at if each is not None else ALL


def _texts(facts: Facts, steps: Sequence[str]) -> list[str]:
    """None where what was parsed cannot be found again in the text."""
    body = facts.body()
    try:
        if steps[0] in JSON_FIELDS and not isinstance(facts.json(), dict | list):
            return slices(facts.form()[steps[0]][0], steps[1:], MAX_ELEMENTS)
        return slices(body.decode(json.detect_encoding(body), "surrogatepass"), steps, MAX_ELEMENTS)
    except (LookupError, RecursionError, ValueError):
        return []


def _own_key(source: Source, each: Each | None, value: object, below: str) -> str | None:
    paths = each.key if each is not None else ()
    if source.dedupe is not None:
        paths = (source.dedupe.key.removeprefix(below),) if source.dedupe.origin == "body" else ()
    parts = [_part(value, path) for path in paths]
    return fitted("|".join(filter(None, parts))) if parts and all(parts) else None


def _part(value: object, path: str) -> str | None:
    module, dot, _ = path.removeprefix("special:").partition(".")
    if path.startswith("special:") and dot:
        found: str = special(module).key_of(value)
        return found
    return scalar(walk(value, path))


def _types(
    facts: Facts, alternatives: Alternatives, value: object, below: str, empty: str = ""
) -> tuple[str, ...]:
    """Of what is in `value`, which stands at the path `below`."""
    lists = (to_list(_path_in(locator)) for locators in alternatives for locator in locators)
    path = f"{next(filter(None, lists), '')}."
    inner = path.removeprefix(below).rstrip(".")
    found = walk_all(value, inner.split(".")) if inner else []
    if found:
        names = tuple(dict.fromkeys(_named(facts, one, path, alternatives) for one in found[:MAX_NAMED]))
        is_cut = len(names) > MAX_TYPES or len(found) > MAX_NAMED
        return (*names[:MAX_TYPES], OTHERS) if is_cut else names
    if empty and inner and _is_empty(value, inner):
        return (empty,)
    return (_named(facts, value, below, alternatives),)


def _is_empty(value: object, path: str) -> bool:
    inner = path.removesuffix(ALL).rstrip(".")
    return (walk(value, inner) if inner else value) == []


def _named(facts: Facts, value: object, below: str, alternatives: Alternatives) -> str:
    for locators in alternatives:
        found = {locator: part for locator in locators if (part := _read(facts, value, below, locator))}
        if found and (len(found) == len(locators) or not all(name.startswith("text:") for name in found)):
            return joined(list(found.values()))
    return UNKNOWN


def _read(facts: Facts, value: object, below: str, locator: str) -> str | None:
    """In the element; what is not there is read in the whole."""
    path = _path_in(locator)
    if not path:
        return facts.read(locator)
    if f"{path}.".startswith(below):
        inner = path[len(below) :]
        return scalar(walk(value, inner) if inner else value)
    return scalar(walk(value, path)) or facts.read(locator)


def _path_in(locator: str) -> str:
    kind, _, path = locator.partition(":")
    return path if kind in ("body", "list") else ""
