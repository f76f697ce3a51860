"""Reading a delivery key and an event type out of a proven request.

A locator is a text: `header:<name>` (alternatives between `|`), `query:<name>`, `text:<literal>`,
`body:<dotted.path>` in a JSON body (numbers index lists, `[]` is what all elements agree on),
`list:<dotted.path>` the same, joined where they differ, `form:<name>` in a form body, `hash` of the body,
`first-key:<a,b>` the first top-level JSON key that is none of these, `special:<module>.<name>` what the
special module `module` makes of it. Nothing here raises: a fact that cannot be read is None.
"""

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

from doorbell.domain.errors import SignatureError
from doorbell.domain.requests import RawRequest
from doorbell.signatures.candidates import query_value
from doorbell.signatures.message import header_of


class Facts:
    """One request's facts; its body is parsed at most once, and only when a locator needs it."""

    __slots__ = ("_form", "_json", "_request")

    def __init__(self, request: RawRequest) -> None:
        self._request = request
        self._json: object = self
        self._form: dict[str, list[str]] | None = None

    def read(self, locator: str) -> str | None:
        kind, _, argument = locator.partition(":")
        if kind == "header":
            return header_of(self._request, argument.lower())
        if kind == "text":
            return argument
        if kind == "body":
            return _scalar(walk(self.json(), argument))
        if kind == "list":
            return _joined(walk_all(self.json(), argument.split(".")))
        if kind == "form":
            return self.form().get(argument, [None])[0]
        if kind == "query":
            return self._query(argument)
        if kind == "special":
            return self._special(argument)
        if kind == "hash":
            return self.hash_with(())
        return self._first_key(argument) if kind == "first-key" else None

    def json(self) -> object:
        """The parsed body; None when it is not JSON."""
        if self._json is self:
            self._json = parse_json(self._request.body)
        return self._json

    def form(self) -> dict[str, list[str]]:
        if self._form is None:
            self._form = parse_form(self._request.body)
        return self._form

    def hash_with(self, locators: Sequence[str]) -> str:
        """Of the body, and of those facts that are there."""
        digest = hashlib.sha256(self._request.body)
        for part in filter(None, map(self.read, locators)):
            digest.update(b"\0" + part.encode("utf-8", "surrogatepass"))
        return f"sha256:{digest.hexdigest()}"

    def _query(self, name: str) -> str | None:
        try:
            return query_value(self._request, name)
        except (SignatureError, ValueError):
            return None

    def _special(self, argument: str) -> str | None:
        module, _, name = argument.partition(".")
        try:
            found = special(module).fact(self._request, name)
        except (SignatureError, ValueError, TypeError):
            return None
        return found if isinstance(found, str) else None

    def _first_key(self, others: str) -> str | None:
        data = self.json()
        keys = data if isinstance(data, dict) else {}
        return next((key for key in keys if key not in others.split(",")), None)


@cache
def special(name: str) -> Any:
    """The module of `doorbell.signatures.special` by that name."""
    return import_module(f"doorbell.signatures.special.{name}")


def parse_json(body: bytes) -> object:
    """The value, or None for what is not JSON (or too deep or too large a number to be read).

    What pydantic's parser takes it reads as the standard library does, in half the time; what it refuses
    (a lone surrogate, another encoding than UTF-8, deep nesting) is for the standard library to judge.
    """
    try:
        return _from_json()(body, cache_strings="keys")
    except ValueError:
        return _read_slowly(body)


@cache
def _from_json() -> Callable[..., object]:
    from pydantic_core import from_json

    return from_json


def _read_slowly(body: bytes) -> object:
    import json

    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found


def parse_form(body: bytes) -> dict[str, list[str]]:
    try:
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=1000)
    except ValueError:
        return {}


def walk(value: object, path: str) -> object:
    """What is at the dotted `path`, or None."""
    step, _, rest = path.partition(".")
    if isinstance(value, list) and step == "[]":
        found = [walk(element, rest) if rest else element for element in value]
        return found[0] if found and all(one == found[0] for one in found) else None
    if isinstance(value, dict):
        value = value.get(step)
    elif isinstance(value, list) and step.isdecimal() and len(step) < 10 and int(step) < len(value):
        value = value[int(step)]
    else:
        return None
    return walk(value, rest) if rest else value


def walk_all(value: object, steps: Sequence[str]) -> list[object]:
    """What is at the path in each element of the lists that `[]` stands for; None where it is not there."""
    for number, step in enumerate(steps):
        if step == "[]":
            elements = value if isinstance(value, list) else []
            return [found for one in elements for found in walk_all(one, steps[number + 1 :])]
        value = walk(value, step)
    return [value]


def _joined(values: Sequence[object]) -> str | None:
    """None unless each is there."""
    texts = [_scalar(value) for value in values]
    return ",".join(filter(None, texts)) if texts and all(texts) else None


def _scalar(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None
