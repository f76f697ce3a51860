"""What a check is given: the request, the secrets, the clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qsl

from doorbell.domain.errors import SignatureError
from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source

ISSUER_HOSTS = (".amazontrust.com", ".digicert.com")
"""Where Amazon and DigiCert (PayPal's issuer) publish their intermediates; by plain http, as issuers do."""
MAX_PAIRS = 1000
"""Of a query; `ValueError` for more."""


class Fetch(Protocol):
    """A GET through the egress guard: https (http from `ISSUER_HOSTS`), an allowed host, no redirect,
    bounded in size and time."""

    def get(
        self, url: str, *, allowed_hosts: Sequence[str], max_bytes: int, timeout_seconds: float
    ) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Claim:
    """A request that says it comes from `source`.

    `parameters` are the catalogue's for the provider, overlaid by the source's options. `tolerance` None
    means the scheme's own. `trusted_certificates` (PEM) stand in for the public roots, for tests.
    """

    source: Source
    request: RawRequest
    secrets: Sequence[str] = field(repr=False)
    now: float
    parameters: Mapping[str, str]
    tolerance: int | None = None
    verify_token: str | None = field(default=None, repr=False)
    fetch: Fetch | None = None
    trusted_certificates: bytes = b""

    @property
    def public_url(self) -> str:
        """The URL as the provider knows it: the source's `public_url`, with this request's query in place of
        its own where the request has one. So what is signed is what came, and what is read afterwards."""
        public = self.source.public_url
        if public is None:
            return self.request.url
        if not self.request.raw_query:
            return public
        return f"{public.partition('?')[0]}?{self.request.raw_query}"

    @property
    def public_urls(self) -> tuple[str, ...]:
        """`public_url`, and the source's as it is written where its query has the request's own pairs in
        another order or spelling: some sign the URL that they were given and call another (Twilio)."""
        read, written = self.public_url, self.source.public_url
        if written is None or written == read or not _same_pairs(written.partition("?")[2], self.request):
            return (read,)
        return read, written

    def tolerance_or(self, default: int) -> int:
        return default if self.tolerance is None else self.tolerance


def _same_pairs(query: str, request: RawRequest) -> bool:
    """Of one name the values keep their order: that may mean something."""
    if not query or not request.raw_query:
        return False
    one, other = (
        parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_PAIRS)
        for text in (query, request.raw_query)
    )
    return sorted(one, key=_name) == sorted(other, key=_name)


def _name(pair: tuple[str, str]) -> str:
    return pair[0]


def single(request: RawRequest, name: str, missing: str = "signature_missing") -> str:
    """The one value of header `name`; absent, empty or sent twice is a `SignatureError`."""
    value = request.headers.get(name)
    if not value:
        raise SignatureError(missing)
    if "," in value:
        raise SignatureError("signature_duplicated")
    return value
