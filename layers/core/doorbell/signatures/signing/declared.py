"""A request signed as a declared scheme says, with the very functions that check it.

What the scheme signs and the request has not (an id in a header, a member of the body) is put in.
"""

import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote

from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.claim import Claim
from doorbell.signatures.schemes.candidates import header_of, query_value
from doorbell.signatures.schemes.digests import PUBLIC_KEYS, digest
from doorbell.signatures.schemes.encoding import ENCODERS
from doorbell.signatures.schemes.inside import text_at
from doorbell.signatures.schemes.keys import key_bytes
from doorbell.signatures.schemes.message import as_sent
from doorbell.signatures.schemes.parts import MAYBE
from doorbell.signatures.schemes.scheme import FIRST, Scheme
from doorbell.signatures.signing.parts import with_member, written_time


def by_scheme(
    scheme: Scheme, request: RawRequest, secret: str, now: float, options: Mapping[str, str]
) -> RawRequest:
    """The first of several algorithms or forms that a request may choose among."""
    extra: dict[str, str] = {}
    if scheme.named:
        name, algorithm = scheme.named[0]
        kind, _, place = scheme.name_at.partition(":")
        if kind == "header":
            request = replace(request, headers={**request.headers, place: name})
        else:
            extra[place] = name
        scheme = replace(scheme, algorithm=algorithm, named=(), name_at="")
    scheme = replace(scheme, otherwise=None)
    request = _with_parts(scheme, request, extra)
    stamp = ""
    if scheme.timestamp is not None:
        stamp = written_time(now, scheme.timestamp.unit)
        request = _with_time(scheme, request, stamp)
    if extra:
        request = _placed(scheme, request, stamp, "", extra)
    signature = _signature(scheme, request, secret, now, stamp, options)
    return _placed(scheme, request, stamp, signature, extra)


def _with_parts(scheme: Scheme, request: RawRequest, extra: dict[str, str]) -> RawRequest:
    headers, made = {**dict(scheme.required), **request.headers}, _id(request)
    for part in map(_inner, scheme.message):
        kind, _, name = part.partition(":")
        if not name:
            continue
        if kind == "header" and not header_of(replace(request, headers=headers), name):
            headers[name.split("|")[0]] = made
        elif kind == "query" and query_value(request, name) is None:
            request = with_query(request, name, made)
        elif kind == "body" and text_at(request.body, name) is None:
            request = with_member(request, name, made)
        elif kind == "pair":
            extra.setdefault(name, "main")
        elif kind == "headers":
            headers["x-event-id"], extra[name] = made, "x-event-id"
    return replace(request, headers=headers)


def _inner(part: str) -> str:
    found = MAYBE.fullmatch(part.removeprefix("maybe:")) if part.startswith("maybe:") else None
    return found[2] if found is not None else part


def _id(request: RawRequest) -> str:
    return f"msg_{hashlib.sha256(request.body).hexdigest()[:24]}"


def _with_time(scheme: Scheme, request: RawRequest, stamp: str) -> RawRequest:
    time = scheme.timestamp
    if time is not None and time.headers:
        return replace(request, headers={**request.headers, time.headers[0]: stamp})
    if time is not None and time.query:
        return with_query(request, time.query, stamp)
    if time is not None and time.body:
        return with_member(request, time.body, int(stamp) if stamp.isdecimal() else stamp)
    return request


def _signature(
    scheme: Scheme, request: RawRequest, secret: str, now: float, stamp: str, options: Mapping[str, str]
) -> str:
    claim = Claim(Source("sign", "hmac", options=options), request, [secret], now, options)
    if scheme.algorithm in PUBLIC_KEYS:
        from doorbell.signatures.signing.keys import private_signature

        raw = private_signature(scheme, secret, as_sent(scheme, claim, stamp))
        return ENCODERS[scheme.signature.encoding](raw).decode()
    key = key_bytes(scheme.key, secret)
    return digest(scheme, key, as_sent(scheme, claim, stamp, key)).decode()


def _placed(
    scheme: Scheme, request: RawRequest, stamp: str, signature: str, extra: Mapping[str, str]
) -> RawRequest:
    at, time = scheme.signature, scheme.timestamp
    value = at.prefix + signature
    if at.packing == "spaced":
        value = f"{at.key},{signature}"
    if at.packing == "pairs":
        items = [f"{name}={text}" for name, text in extra.items()]
        items += [f"{at.key.split('|')[0]}={value}"] if signature else []
        if time is not None and time.pair:
            items.insert(0, f"{time.pair}={stamp}")
        value = at.separator.join(items)
    if at.packing == "list" and time is not None and time.pair == FIRST:
        value = f"{stamp}{at.separator}{value}"
    if at.packing == "json64":
        value = b64encode(json.dumps({at.key: signature}).encode()).decode()
    if at.body:
        return with_member(request, at.body, value)
    if at.query:
        return with_query(request, at.query, value)
    return replace(request, headers={**request.headers, at.headers[0]: value})


def with_query(request: RawRequest, name: str, value: str) -> RawRequest:
    query = f"{request.raw_query}&" if request.raw_query else ""
    query += f"{name}={quote(value, safe='')}"
    return replace(request, raw_query=query, url=f"{request.url.partition('?')[0]}?{query}")
