"""A refused request without its credentials: those of the source, right or wrong, and any other by its
name."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import unquote_plus

from doorbell.domain.credentials import SHORTEST_CREDENTIAL, is_credential
from doorbell.domain.packed import unpacked
from doorbell.domain.refused import MASK
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.catalogue import find
from doorbell.signatures.catalogue.parameters import parameters_of
from doorbell.signatures.tokens_in_bodies import without_token

TRAVELS = frozenset({"token", "bearer", "graph"})
"""Special rules by which the secret itself travels."""
_OF_THE_BODY = "body"
_FROM_INPUT = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_SEPARATORS = re.compile(r"[_.\[\]]+")


def masked(source: Source, request: RawRequest, secrets: Sequence[str]) -> tuple[RawRequest, tuple[str, ...]]:
    """The request that may be kept, and where something was masked: `header x`, `query x`, `body`. A body
    that holds a credential which cannot be cut out of it is left out."""
    known = tuple(secret for secret in secrets if len(secret) >= SHORTEST_CREDENTIAL)
    places = _places(source)
    header, query, path = places.get("header", ""), places.get("query", ""), places.get("body", "")
    headers, of_headers = _mask(request.headers, header.lower(), known)
    raw_query, of_query = _masked_query(request.raw_query, query, known)
    body, of_body = _masked_body(request, path, known)
    bare = replace(
        request,
        headers=headers,
        raw_query=raw_query,
        url=request.url.partition("?")[0] + (f"?{raw_query}" if raw_query else ""),
        body=body,
    )
    where = [f"header {name}" for name in of_headers] + [f"query {name}" for name in of_query]
    return bare, (*where, *([_OF_THE_BODY] if of_body else []))


def _places(source: Source) -> Mapping[str, str]:
    """Where the source's secret itself travels: `header`, `query`, `body`."""
    entry = find(source.provider)
    if entry is None:
        return {}
    given = parameters_of(source, entry)
    bears = entry.special in TRAVELS or given.get("body_claim", "") == "none"
    return {**(given if bears else {}), **({"body": entry.token_at} if entry.token_at else {})}


def _mask(
    headers: Mapping[str, str], named: str, secrets: Sequence[str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    gone = tuple(
        name
        for name, value in headers.items()
        if name == named or is_credential(name) or _holds(value, secrets)
    )
    return {name: MASK if name in gone else value for name, value in headers.items()}, gone


def _masked_query(raw_query: str, named: str, secrets: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    gone: list[str] = []

    def pairs() -> Iterator[str]:
        for pair in raw_query.split("&"):
            name, equals, value = pair.partition("=")
            plain = unquote_plus(name)
            if equals and (plain == named or _is_named_so(plain) or _holds(value, secrets)):
                gone.append(plain)
                yield f"{name}={MASK}"
            elif _holds(pair, secrets):
                gone.append(MASK)
                yield MASK
            else:
                yield pair

    return "&".join(pairs()), tuple(gone)


def _is_named_so(name: str) -> bool:
    return is_credential(_SEPARATORS.sub("-", name).strip("-").lower())


def _masked_body(request: RawRequest, path: str, secrets: Sequence[str]) -> tuple[bytes, bool]:
    body = request.body
    if path:
        try:
            body = without_token(request, path).body
        except _FROM_INPUT:
            return b"", True
    texts = (body, _opened(body))
    if any(secret.encode() in text for secret in secrets for text in texts):
        return b"", True
    return body, body != request.body


def _opened(body: bytes) -> bytes:
    try:
        return unpacked(body)
    except _FROM_INPUT:
        return b""


def _holds(value: str, secrets: Sequence[str]) -> bool:
    return any(secret in value or ("%" in value and secret in unquote_plus(value)) for secret in secrets)
