"""Reading a delivery key and an event type out of a proven request.

A locator is a text: `header:<name>` (alternatives between `|`), `query:<name>`, `text:<literal>`,
`body:<dotted.path>` in a JSON body or in a form's fields (numbers index lists, `[]` is what all elements
agree on), `list:<dotted.path>` the same, joined where they differ, `form:<name>` in a form body, `hash` of
the body, `time` as the scheme signs it, `first-key:<a,b>` the first top-level JSON key that is none of these,
`inside:<dotted.path>` as schemes read a body (JSON in a form's field, XML), `signed` what the scheme signs of
the request,
`special:<module>.<name>` what that special module makes of it. Nothing here raises: a fact that cannot be
read is None.

What a body is, JSON or a form, packed or not, is told by itself, never by a header, which nobody signed.
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any

from doorbell.domain.errors import SignatureError
from doorbell.domain.packed import JSON, unpacked
from doorbell.domain.paths import scalar, walk, walk_all
from doorbell.domain.requests import RawRequest
from doorbell.signatures.parsing import parse_form, parse_json
from doorbell.signatures.schemes.candidates import header_of, query_value
from doorbell.signatures.schemes.compiled import time_reader
from doorbell.signatures.schemes.scheme import Scheme


class Facts:
    """One request's facts; its body is unpacked and parsed at most once, and only when a locator needs it.
    `scheme`: where its time is."""

    __slots__ = ("_body", "_document", "_form", "_json", "_request", "_scheme", "looked_further")

    def __init__(self, request: RawRequest, scheme: Scheme | None = None) -> None:
        """`looked_further`: something was read that the release before would not have read."""
        self._request, self._scheme, self.looked_further = request, scheme, False
        self._document: object = self
        self._json: object = self
        self._form: dict[str, list[str]] | None = None
        self._body: bytes | None = None

    def read(self, locator: str) -> str | None:
        kind, _, argument = locator.partition(":")
        if kind == "header":
            return header_of(self._request, argument.lower())
        if kind == "text":
            return argument
        if kind == "body":
            data = self._json if self._json is not self else self.json()
            return scalar(walk(data if isinstance(data, dict) else self.document(), argument))
        if kind == "list":
            return _joined(walk_all(self.document(), argument.split(".")))
        if kind == "form":
            return self.form().get(argument, [None])[0]
        if kind == "query":
            return self._query(argument)
        if kind == "special":
            return self._special(argument)
        if kind == "hash":
            return self.hash_with(())
        if kind in ("signed", "inside"):
            return self._as_schemes_read(kind, argument)
        if kind == "time":
            return self._time()
        return self._first_key(argument) if kind == "first-key" else None

    def json(self) -> object:
        """The parsed body; None when it is not JSON."""
        if self._json is self:
            self._json = parse_json(self.body())
        return self._json

    def document(self) -> object:
        """The same; of a form the object of its fields."""
        if self._document is self:
            self._document = data = self.json()
            if not isinstance(data, dict | list):
                self._document = self._fields()
                self.looked_further |= self._document is not None
        return self._document

    def form(self) -> dict[str, list[str]]:
        if self._form is None:
            self._form = parse_form(self.body())
        return self._form

    def body(self) -> bytes:
        """Unpacked."""
        body = self._request.body
        if body.startswith(JSON):
            return body
        if self._body is None:
            self._body = unpacked(body)
            self.looked_further |= self._body is not body
        return self._body

    def _fields(self) -> object:
        from doorbell.domain import forms  # not before the first body that is no JSON

        return forms.as_object(self.body(), _strictly)

    def hash_with(self, locators: Sequence[str]) -> str:
        """Of the unpacked body (it can be packed in many ways), or of what is signed where that is not the
        body; and of those facts that are there."""
        digest = hashlib.sha256(self._signed_bytes())
        for part in filter(None, map(self.read, locators)):
            digest.update(b"\0" + part.encode("utf-8", "surrogatepass"))
        return f"sha256:{digest.hexdigest()}"

    def _signed_bytes(self) -> bytes:
        if self._scheme is None or self._scheme.binds_body:
            return self.body()
        return (self._as_schemes_read("signed", "") or "").encode("utf-8", "surrogatepass")

    def _query(self, name: str) -> str | None:
        try:
            return query_value(self._request, name)
        except (SignatureError, ValueError):
            return None

    def _time(self) -> str | None:
        return time_reader(self._scheme)(self._request) or None if self._scheme is not None else None

    def _as_schemes_read(self, kind: str, argument: str) -> str | None:
        from doorbell.signatures.schemes import extracts  # for the few that sign parts of a body

        if kind == "inside":
            return extracts.text_at(self._request.body, argument)
        if self._scheme is None:
            return None
        parts = (self.read(locator) or "" for locator in extracts.locators(self._scheme))
        return "|".join(parts)

    def _special(self, argument: str) -> str | None:
        module, _, name = argument.partition(".")
        try:
            found = special(module).fact(self._request, name)
        except (SignatureError, LookupError, ValueError, TypeError):
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


def _strictly(text: str) -> object:
    found = parse_json(text.encode("utf-8", "surrogatepass"))
    if found is None:
        raise ValueError("is no JSON")
    return found


def _joined(values: Sequence[object]) -> str | None:
    """None unless each is there."""
    texts = [scalar(value) for value in values]
    return ",".join(filter(None, texts)) if texts and all(texts) else None
