"""HTTP Message Signatures (RFC 9421) over a digest of the body (RFC 9530): MailChannels, and sources of one's
own.

`algorithm` is pinned by the entry or the source; what the request says of it must agree. `requires` names the
parts that must be signed; `content-digest` always is one, unless `binds_body` is "false" (where it is signed
all the same, the body must fit it). `key`: how the secret of hmac-sha256 becomes a key. `keyid`, `tag`: what
the signature must say of itself, one of several between blanks. `ahead`: how many seconds in the future its
time may be, where that is less than how old.

Of several signatures the first counts: who adds others changes nothing, and what a request is known by is the
same for everybody.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import urlencode

from doorbell.domain.errors import SignatureError
from doorbell.domain.requests import RawRequest
from doorbell.signatures.claim import Claim
from doorbell.signatures.schemes.digests import is_signed_by
from doorbell.signatures.schemes.keys import shared
from doorbell.signatures.schemes.timestamps import require_fresh
from doorbell.signatures.special.message_parts import MISSING, check_digest, line, pairs_of
from doorbell.signatures.special.structured import InnerList, dictionary, integer, octets, string

ALGORITHMS = {
    "hmac-sha256": ("hmac-sha256", "text"),
    "ed25519": ("ed25519", "ed25519"),
    "ecdsa-p256-sha256": ("ecdsa-p256-sha256", "spki"),
    "rsa-pss-sha512": ("rsa-pss-sha512", "spki"),
    "rsa-v1_5-sha256": ("rsa-sha256", "spki"),
}
"""By its registered name (RFC 9421, 6.2.2): ours, and how a secret becomes its key."""
TOLERANCE = 300
MAX_PARTS = 32
DIGEST = "content-digest"


class Signed(NamedTuple):
    """What the first signature covers, and its bytes."""

    covered: InnerList
    signature: bytes


def check(claim: Claim) -> None:
    parameters = claim.parameters
    algorithm, kind = ALGORITHMS.get(parameters.get("algorithm", ""), ("", ""))
    if not algorithm:
        raise SignatureError("source_misconfigured")
    covered, signature = first(claim.request)
    told = covered.parameters
    _check_told(told, claim)
    _check_times(told, claim)
    required = set(parameters.get("requires", "").split())
    required |= {DIGEST} if parameters.get("binds_body") != "false" else set()
    if not required <= {part.bare.strip('"') for part in covered.items if not part.parameters}:
        raise SignatureError(MISSING)
    if algorithm == "ecdsa-p256-sha256":
        signature = _der(signature)
    if algorithm == "hmac-sha256":
        kind, keyed = parameters.get("key") or kind, _with_secrets(claim)
    else:
        keyed = _with_keys(claim, string(told.get("keyid", "")))
    urls = claim.public_urls
    if not any(is_signed_by(algorithm, kind, keyed, base(covered, claim, url), signature) for url in urls):
        raise SignatureError("signature_mismatch")
    if any(string(part.bare) == DIGEST for part in covered.items):
        check_digest(claim.request.headers.get(DIGEST), claim.request.body)


def fact(request: RawRequest, name: str) -> str | None:
    """`key`: the nonce, with the id of its key, where one is signed; otherwise the hash of the signature's
    parameters, of the fields and of the query that it covers: a sender makes neither twice. Not of the rest
    of the URL, by which one place may have several names."""
    covered = first(request).covered
    told = covered.parameters
    if string(told.get("nonce", "")):
        return f"{told.get('keyid', '')}{told['nonce']}"
    fields = [line(part, request, "") for part in covered.items if not part.bare.startswith('"@')]
    asked = [urlencode(pairs) for part in covered.items if (pairs := pairs_of(part, request.raw_query))]
    return f"sha256:{hashlib.sha256('\n'.join([*fields, *asked, str(covered)]).encode()).hexdigest()}"


def first(request: RawRequest) -> Signed:
    """`SignatureError`: signature_missing, signature_malformed."""
    headers = request.headers
    if not headers.get("signature-input") or not headers.get("signature"):
        raise SignatureError("signature_missing")
    try:
        label, covered = next(iter(dictionary(headers["signature-input"]).items()))
        signature = octets(dictionary(headers["signature"]).get(label))
    except ValueError as error:
        raise SignatureError("signature_malformed") from error
    if not isinstance(covered, InnerList) or not signature or len(covered.items) > MAX_PARTS:
        raise SignatureError("signature_malformed")
    if len({str(part) for part in covered.items}) < len(covered.items):
        raise SignatureError("signature_malformed")
    return Signed(covered, signature)


def base(covered: InnerList, claim: Claim, url: str) -> bytes:
    """The text that is signed (section 2.5)."""
    lines = [line(part, claim.request, url) for part in covered.items]
    return "\n".join([*lines, f'"@signature-params": {covered}']).encode()


def _check_told(told: Mapping[str, str], claim: Claim) -> None:
    pinned = claim.parameters["algorithm"]
    if told.get("alg", f'"{pinned}"') != f'"{pinned}"':
        raise SignatureError("algorithm_not_allowed")
    for name, reason in (("keyid", "key_not_found"), ("tag", MISSING)):
        wanted = claim.parameters.get(name, "").split()
        if wanted and string(told.get(name, "")) not in wanted:
            raise SignatureError(reason)


def _check_times(told: Mapping[str, str], claim: Claim) -> None:
    if "created" not in told:
        raise SignatureError("timestamp_missing")
    created, expires = integer(told["created"]), integer(told.get("expires", str(10**15)))
    if created is None or expires is None:
        raise SignatureError("timestamp_malformed")
    tolerance = claim.tolerance_or(TOLERANCE)
    require_fresh(created, claim.now, tolerance, int(claim.parameters.get("ahead", tolerance)))
    if claim.now > expires:
        raise SignatureError("timestamp_out_of_tolerance")


def _with_secrets(claim: Claim) -> Claim:
    """Without public keys."""
    secrets = shared(claim.secrets)
    if claim.secrets and not secrets:
        raise SignatureError("secret_malformed")
    return replace(claim, secrets=secrets)


def _with_keys(claim: Claim, keyid: str | None) -> Claim:
    """With the keys of the source's JWKS, or of secrets that are such, in the place of secrets."""
    url = claim.parameters.get("jwks_url", "")
    if not url and not any(secret.lstrip().startswith("{") for secret in claim.secrets):
        return claim
    from doorbell.signatures.special.public_keys import texts_of  # PyJWT, for those who have key sets

    return replace(claim, secrets=texts_of(claim, url, keyid))


def _der(signature: bytes) -> bytes:
    """Section 3.3.4: both numbers side by side, of 32 bytes each."""
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    if len(signature) != 64:
        raise SignatureError("signature_malformed")
    return encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
