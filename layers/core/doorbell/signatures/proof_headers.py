"""Which headers of a provider's request are its proof: who has them and the body can ring as the provider."""

import re
from collections.abc import Iterable

from doorbell.signatures.catalogue import find

_OF_SPECIALS = {
    "adyen": ("hmacsignature",),
    "asana": ("x-hook-signature",),
    "contentful": ("x-contentful-signature",),
    "linear": ("linear-signature",),
    "paypal": ("paypal-transmission-sig",),
    "plivo": ("x-plivo-signature-v2", "x-plivo-signature-v3"),
}
_LIKE_A_PROOF = re.compile(r"(.*[-_])?(signatures?|sign|sig|hmac|digest|verification|jwt)([-_0-9a-z]*)?")
"""Names that providers give them; of a source's own scheme no more is known where deliveries are made."""


def proof_headers(provider: str, headers: Iterable[str]) -> set[str]:
    """Those of `headers` (lower-case names). A proof in the body, or in the URL, is none of them."""
    entry = find(provider)
    known: set[str] = set()
    if entry is not None:
        known |= {*_OF_SPECIALS.get(entry.special, ()), entry.parameters.get("header", "").lower()}
        known |= set(entry.scheme.signature.headers) if entry.scheme is not None else set()
    return {name for name in headers if name in known or _LIKE_A_PROOF.fullmatch(name)}
