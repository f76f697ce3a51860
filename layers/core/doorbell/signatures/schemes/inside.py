"""Signed texts and signatures that stand inside a body: of JSON, a form, JSON in a form's field, or XML.

Loaded for schemes that look there. The body is not proven yet: it is parsed once, and what is not there, or
not there once, is None.
"""

import re
from functools import lru_cache

from doorbell.domain.forms import texts
from doorbell.domain.packed import unpacked
from doorbell.domain.paths import scalar
from doorbell.signatures.parsing import parse_json

MAX_DEPTH = 16


def text_at(body: bytes, path: str) -> str | None:
    """The text, number or boolean at the dotted `path`; where a text is JSON the path goes on inside it."""
    value: object = document(body)
    for step in path.split("."):
        if isinstance(value, str):
            value = parse_json(value.encode("utf-8", "surrogatepass"))
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return scalar(value)


@lru_cache(maxsize=1)
def document(body: bytes) -> object:
    """An object of JSON, of a form's fields that are given once, or of an XML document's elements that hold
    text and nothing else. A message has several parts, and each of them asks."""
    inner = unpacked(body)
    if inner.lstrip()[:1] == b"<":
        return _elements(inner)
    found = parse_json(inner)
    if isinstance(found, dict | list):
        return found
    return {name: values[0] for name, values in texts(inner).items() if len(values) == 1}


_ELEMENT = re.compile(r"<([A-Za-z_][\w.-]{0,99})>(?:<!\[CDATA\[(.*?)\]\]>|([^<&]*))</\1>", re.DOTALL)


def _elements(body: bytes) -> dict[str, str]:
    """Without a parser of XML: nothing is expanded, and what is not plain is not there."""
    found: dict[str, str] = {}
    several: set[str] = set()
    for name, quoted, plain in _ELEMENT.findall(body.decode(errors="replace")):
        several |= {name} & found.keys()
        found[name] = quoted or plain
    return {name: text for name, text in found.items() if name not in several}
