"""Making a request that a provider could have made, signed: for `doorbell sign`, tests and demos.

`secret` is what the provider would hold: the shared secret, or a private key where a source stores a public
one (Ed25519: the seed in hex or `whsk_…`; ECDSA and RSA: PEM).
"""

import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.catalogue import find
from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.claim import Claim
from doorbell.signatures.declared import parse_scheme
from doorbell.signatures.digests import digest
from doorbell.signatures.keys import key_bytes
from doorbell.signatures.message import as_sent, header_of
from doorbell.signatures.scheme import Scheme


def sign_request(
    provider: str,
    secret: str,
    *,
    method: str = "POST",
    url: str,
    body: bytes,
    headers: Mapping[str, str] | None = None,
    now: float,
    options: Mapping[str, str] | None = None,
    scheme: Mapping[str, object] | None = None,
) -> RawRequest:
    """The request with everything its provider adds. `url` is the public URL.

    `scheme` is the declaration for provider "hmac"; `options` are the source's. Providers that sign inside
    the body get a changed body. Raises `LookupError` for an unknown provider.
    """
    entry = find(provider)
    if entry is None:
        raise LookupError(f"no such provider: {provider}")
    parts = urlsplit(url)
    lower = {name.lower(): value for name, value in (headers or {}).items()}
    request = RawRequest(method.upper(), url, parts.path or "/", parts.query, lower, body, "198.51.100.7")
    if entry.special == "declared":
        return _by_scheme(parse_scheme("scheme", scheme), request, secret, now)
    if entry.scheme is not None:
        return _by_scheme(entry.scheme, request, secret, now)
    from doorbell.signatures.signer_special import SIGNERS

    return SIGNERS[entry.special](_claim(entry, request, secret, now, options or {}))


def with_headers(request: RawRequest, **headers: str) -> RawRequest:
    """The request with more headers; `_` in a name stands for `-`."""
    added = {name.replace("_", "-"): value for name, value in headers.items()}
    return replace(request, headers={**request.headers, **added})


def with_json(request: RawRequest, value: object) -> RawRequest:
    return replace(request, body=json.dumps(value, separators=(",", ":")).encode())


def as_object(claim: Claim) -> dict[str, Any]:
    """The body as a JSON object; what is none is put into one."""
    try:
        data = json.loads(claim.request.body)
    except ValueError:
        data = {}
    return data if isinstance(data, dict) else {"data": data}


def written_time(now: float, unit: str) -> str:
    """`now` in the provider's unit."""
    if unit == "rfc3339":
        return datetime.fromtimestamp(now, UTC).isoformat().replace("+00:00", "Z")
    return str(int(now * 1000) if unit == "ms" else int(now))


def _claim(entry: Entry, request: RawRequest, secret: str, now: float, options: Mapping[str, str]) -> Claim:
    defaults = {name: option.default for name, option in entry.options.items()}
    source = Source("sign", entry.name, options=options)
    return Claim(source, request, [secret], now, {**defaults, **entry.parameters, **options})


def _by_scheme(scheme: Scheme, request: RawRequest, secret: str, now: float) -> RawRequest:
    headers = {**scheme.required, **request.headers}
    for part in scheme.message:
        if part.startswith("header:") and not header_of(request, part[7:]):
            name = part[7:].split("|")[0]
            headers[name] = f"msg_{hashlib.sha256(request.body).hexdigest()[:24]}"
    stamp = ""
    if scheme.timestamp is not None:
        stamp = written_time(now, scheme.timestamp.unit)
        if scheme.timestamp.headers:
            headers[scheme.timestamp.headers[0]] = stamp
    request = replace(request, headers=headers)
    if scheme.timestamp is not None and scheme.timestamp.query:
        request = _with_query(request, scheme.timestamp.query, stamp)
    return _placed(scheme, request, stamp, _signature(scheme, request, secret, now, stamp))


def _signature(scheme: Scheme, request: RawRequest, secret: str, now: float, stamp: str) -> str:
    claim = Claim(Source("sign", "hmac"), request, [secret], now, {})
    if scheme.algorithm in ("ed25519", "ecdsa-p256-sha256"):
        from doorbell.signatures.signer_keys import private_signature

        raw = private_signature(scheme, secret, as_sent(scheme, claim, stamp))
        return raw.hex() if scheme.signature.encoding == "hex" else b64encode(raw).decode()
    key = key_bytes(scheme.key, secret)
    return digest(scheme, key, as_sent(scheme, claim, stamp, key)).decode()


def _placed(scheme: Scheme, request: RawRequest, stamp: str, signature: str) -> RawRequest:
    at = scheme.signature
    value = at.prefix + signature
    if at.packing == "spaced":
        value = f"{at.key},{signature}"
    if at.packing == "pairs":
        items = [f"{at.key}={value}"]
        if scheme.timestamp is not None and scheme.timestamp.pair:
            items.insert(0, f"{scheme.timestamp.pair}={stamp}")
        value = at.separator.join(items)
    if at.query:
        return _with_query(request, at.query, value)
    return replace(request, headers={**request.headers, at.headers[0]: value})


def _with_query(request: RawRequest, name: str, value: str) -> RawRequest:
    query = f"{request.raw_query}&" if request.raw_query else ""
    query += f"{name}={quote(value, safe='')}"
    return replace(request, raw_query=query, url=f"{request.url.partition('?')[0]}?{query}")
