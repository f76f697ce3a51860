"""Making a request that a provider could have made, signed: for `doorbell sign`, tests and demos.

`secret` is what the provider would hold: the shared secret, or a private key where a source stores a public
one (Ed25519: the seed in hex or `whsk_…`; ECDSA and RSA: PEM).
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.catalogue import find
from doorbell.signatures.catalogue.entry import Entry
from doorbell.signatures.claim import Claim
from doorbell.signatures.schemes.declared import parse_scheme
from doorbell.signatures.signing.declared import by_scheme


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
        return by_scheme(parse_scheme("scheme", scheme), request, secret, now, options or {})
    if entry.scheme is not None:
        return by_scheme(entry.scheme, request, secret, now, {**entry.parameters, **(options or {})})
    from doorbell.signatures.signing.special import SIGNERS

    return SIGNERS[entry.special](_claim(entry, request, secret, now, options or {}))


def _claim(entry: Entry, request: RawRequest, secret: str, now: float, options: Mapping[str, str]) -> Claim:
    defaults = {name: option.default for name, option in entry.options.items()}
    source = Source("sign", entry.name, options=options)
    return Claim(source, request, [secret], now, {**defaults, **entry.parameters, **options})
