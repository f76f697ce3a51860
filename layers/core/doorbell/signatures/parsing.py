"""Bodies as JSON and as forms. Nothing here raises, and nothing is loaded before a body needs it."""

from collections.abc import Callable
from functools import cache

from doorbell.domain.packed import unpacked
from doorbell.domain.requests import RawRequest


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


def inside(request: RawRequest) -> object:
    """`parse_json` of the body, unpacked."""
    return parse_json(unpacked(request.body))


def parse_form(body: bytes) -> dict[str, list[str]]:
    """The fields' texts; none where it is no form."""
    from doorbell.domain import forms

    return forms.texts(body)
