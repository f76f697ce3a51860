"""What is seen of a JSON Schema before anything is checked by it: that its references do not multiply, and
that no pattern of it doubles its tries with each character. Loads `referencing` when first asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from doorbell.payloads.regex.cost import degree
from doorbell.payloads.schema_refs import REFERENCES

if TYPE_CHECKING:
    from referencing import Resource

MAX_AT_ONE_PLACE = 10_000
"""Schemas that one value is held against. A hundred kinds of message in one schema are some hundred."""
_LISTS = ("allOf", "anyOf", "oneOf")
_SINGLES = ("not", "if", "then", "else")
_MAPS = ("dependentSchemas", "dependencies")


def problem_with(schema: Mapping[str, Any]) -> str | None:
    """In words, or None. What leads nowhere is not looked at."""
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT202012

    root = Resource.from_contents(schema, default_specification=DRAFT202012)
    counted = _Counted()
    for resource, resolver in _all_of(root, Registry().resolver_with_root(root)):
        if counted.at_one_place(resource.contents, resolver) > MAX_AT_ONE_PLACE:
            return f"holds one value against more than {MAX_AT_ONE_PLACE} schemas: its references multiply"
        for pattern in _patterns(resource.contents):
            if degree(pattern) is None:
                return f"the pattern {pattern[:80]!r} may take too long: a part that repeats repeats itself"
    return None


def _all_of(resource: Resource[Any], resolver: Any) -> Iterator[tuple[Resource[Any], Any]]:
    yield resource, resolver
    for below in resource.subresources():
        yield from _all_of(below, resolver.in_subresource(below))


def _patterns(contents: Any) -> Iterator[str]:
    if not isinstance(contents, Mapping):
        return
    if isinstance(contents.get("pattern"), str):
        yield contents["pattern"]
    names = contents.get("patternProperties")
    if isinstance(names, Mapping):
        yield from names


class _Counted:
    """How many schemas a value is held against where it meets one: each that is met is looked at once."""

    def __init__(self) -> None:
        self._known: dict[int, int] = {}

    def at_one_place(self, contents: Any, resolver: Any) -> int:
        """One that comes back to itself counts once: whether it has an end depends on the value."""
        if not isinstance(contents, Mapping):
            return 1
        if id(contents) not in self._known:
            self._known[id(contents)] = 1
            beside = (self.at_one_place(*one) for one in _beside(contents, resolver))
            self._known[id(contents)] = min(1 + sum(beside), MAX_AT_ONE_PLACE + 1)
        return self._known[id(contents)]


def _beside(contents: Mapping[str, Any], resolver: Any) -> Iterator[tuple[Any, Any]]:
    """The schemas that the same value is held against too."""
    from referencing import Resource
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT202012

    for keyword in REFERENCES:
        reference = contents.get(keyword)
        if isinstance(reference, str):
            try:
                found = resolver.lookup(reference)
            except Unresolvable:
                continue
            yield found.contents, found.resolver
    for one in _applied(contents):
        below = Resource.from_contents(one, default_specification=DRAFT202012)
        yield one, resolver.in_subresource(below)


def _applied(contents: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    found: list[Any] = [contents.get(keyword) for keyword in _SINGLES]
    for keyword in _LISTS:
        listed = contents.get(keyword)
        found += listed if isinstance(listed, list) else []
    for keyword in _MAPS:
        named = contents.get(keyword)
        found += named.values() if isinstance(named, Mapping) else []
    return (one for one in found if isinstance(one, Mapping))
