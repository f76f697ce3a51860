"""Whether every reference of a JSON Schema leads somewhere within it: nothing is fetched for one that does
not. Loads `referencing` when first asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from referencing import Resource

REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")


def leading_nowhere(schema: Mapping[str, Any]) -> str | None:
    """The first reference that leads nowhere, if there is one."""
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT202012

    root = Resource.from_contents(schema, default_specification=DRAFT202012)
    return next(_leading_nowhere(root, Registry().resolver_with_root(root)), None)


def _leading_nowhere(resource: Resource[Any], resolver: Any) -> Iterator[str]:
    from referencing.exceptions import Unresolvable

    contents = resource.contents
    for keyword in REFERENCES if isinstance(contents, Mapping) else ():
        reference = contents.get(keyword)
        if isinstance(reference, str):
            try:
                resolver.lookup(reference)
            except Unresolvable:
                yield reference
    for subresource in resource.subresources():
        yield from _leading_nowhere(subresource, resolver.in_subresource(subresource))
