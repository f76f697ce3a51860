"""A request's headers and body as a provider would fill them: the event's type and its own id where it
writes them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from doorbell.domain.sources import Source
from doorbell.signatures.catalogue import find


class SampleError(Exception):
    """The message says what has to be written into the body or a header by hand."""


@dataclass(frozen=True, slots=True)
class Sample:
    headers: dict[str, str]
    body: bytes


def sample_of(source: Source, event: str | None, body: bytes, headers: Mapping[str, str]) -> Sample:
    """What is given, completed. Raises `SampleError` where the type has no one place to be written to."""
    filled = Sample({"content-type": "application/json", **headers}, body)
    if event is not None:
        filled = _with_type(source, event, filled)
    for locator in _dedupe_of(source):
        filled = _with(filled, locator, uuid4().hex, over=False) or filled
    return filled


def as_new(source: Source, headers: Mapping[str, str]) -> dict[str, str]:
    """Headers (lower-case names) without the delivery's id: `sample_of` writes another. One that is in the
    body stays: the ring is a repetition then."""
    named = [
        argument
        for kind, _, argument in (one.partition(":") for one in _dedupe_of(source))
        if kind == "header"
    ]
    ids = {name.lower() for argument in named for name in argument.split("|")}
    return {name: value for name, value in headers.items() if name not in ids}


def _with_type(source: Source, event: str, sample: Sample) -> Sample:
    places = _type_of(source)
    parts = event.rsplit(".", 1) if len(places) == 2 else [event]
    if len(parts) != len(places):
        raise SampleError(_by_hand(source, places))
    for locator, part in zip(places, parts, strict=True):
        placed = _with(sample, locator, part, over=True)
        if placed is None:
            raise SampleError(_by_hand(source, places))
        sample = placed
    return sample


def _by_hand(source: Source, places: Sequence[str]) -> str:
    where = " and ".join(places) or "no place that it could be read from"
    return f"provider {source.provider} has the type in {where}: write it into --body or --header"


def _type_of(source: Source) -> Sequence[str]:
    if source.event_type is not None:
        return (f"{source.event_type.origin}:{source.event_type.key}",)
    entry = find(source.provider)
    return entry.event_type if entry is not None else ()


def _dedupe_of(source: Source) -> Sequence[str]:
    if source.dedupe is not None:
        return (f"{source.dedupe.origin}:{source.dedupe.key}",)
    entry = find(source.provider)
    return entry.dedupe if entry is not None else ()


def _with(sample: Sample, locator: str, value: str, *, over: bool) -> Sample | None:
    """The sample with the value at the place; None where the place is none that one value can be put at.
    `over`: also over what is there."""
    kind, _, argument = locator.partition(":")
    if kind == "header":
        names = [name.lower() for name in argument.split("|")]
        there = next((name for name in names if name in sample.headers), None)
        if there is not None and not over:
            return sample
        return Sample({**sample.headers, (there or names[0]): value}, sample.body)
    path = argument.split(".")
    if kind != "body" or any(not part or part == "[]" or part.isdecimal() for part in path):
        return None
    try:
        document = json.loads(sample.body)
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    changed = _placed(document, path, value, over)
    return sample if changed == document else Sample(sample.headers, json.dumps(changed).encode())


def _placed(document: Mapping[str, Any], path: Sequence[str], value: str, over: bool) -> dict[str, Any]:
    first, *rest = path
    there = document.get(first)
    if rest:
        below = there if isinstance(there, Mapping) else {}
        return {**document, first: _placed(below, rest, value, over)}
    return {**document, first: value} if over or there is None else dict(document)
