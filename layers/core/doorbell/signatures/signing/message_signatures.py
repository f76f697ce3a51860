"""Signing as RFC 9421 and RFC 7797 have it, with the very functions that check it.

The secret is the shared one, or a private key: PEM, for Ed25519 also the seed in hex.
"""

import hashlib
from base64 import b64encode
from dataclasses import replace
from typing import Any

from doorbell.domain.requests import RawRequest
from doorbell.signatures.claim import Claim
from doorbell.signatures.schemes.keyed import keyed_hashes
from doorbell.signatures.schemes.scheme import Scheme, SignatureAt
from doorbell.signatures.signing.parts import with_headers
from doorbell.signatures.signing.tokens import signing_key
from doorbell.signatures.special.http_signature import ALGORITHMS, DIGEST, base
from doorbell.signatures.special.structured import InnerList, Item


def http_signature(claim: Claim) -> RawRequest:
    parameters = claim.parameters
    digest = b64encode(hashlib.sha256(claim.request.body).digest()).decode()
    claim = replace(claim, request=with_headers(claim.request, content_digest=f"sha-256=:{digest}:"))
    names = dict.fromkeys([*parameters.get("requires", "").split(), DIGEST])
    if parameters.get("binds_body") == "false":
        names.pop(DIGEST)
    algorithm = parameters["algorithm"]
    keyid, *_ = [*parameters.get("keyid", "").split(), "key1"]
    told = {"created": str(int(claim.now)), "alg": f'"{algorithm}"', "keyid": f'"{keyid}"'}
    for tag in parameters.get("tag", "").split()[:1]:
        told["tag"] = f'"{tag}"'
    covered = InnerList(tuple(Item(f'"{name}"', {}) for name in names), told)
    signature = b64encode(_signature(algorithm, claim, base(covered, claim, claim.request.url))).decode()
    return with_headers(claim.request, signature_input=f"sig1={covered}", signature=f"sig1=:{signature}:")


def _signature(algorithm: str, claim: Claim, message: bytes) -> bytes:
    ours, _ = ALGORITHMS[algorithm]
    if algorithm == "hmac-sha256":
        kind = claim.parameters.get("key") or "text"
        return keyed_hashes(kind, "sha256", tuple(claim.secrets))[0].digest((message,))
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    from doorbell.signatures.signing.keys import private_signature

    made = private_signature(Scheme(SignatureAt(), algorithm=ours), claim.secrets[0], message)
    if algorithm != "ecdsa-p256-sha256":
        return made
    return b"".join(number.to_bytes(32) for number in decode_dss_signature(made))


def detached_jws(claim: Claim) -> RawRequest:
    import jwt

    request, parameters = claim.request, claim.parameters
    is_raw = parameters.get("payload", "raw") == "raw"
    header: dict[str, Any] = {"b64": False, "crit": ["b64"]} if is_raw else {}
    if parameters.get("issued"):
        header[parameters["issued"]] = int(claim.now)
    token = jwt.PyJWS().encode(
        request.body,
        signing_key(claim),
        algorithm=parameters["algorithms"].split()[0],
        headers=header,
        is_payload_detached=is_raw,
    )
    if not is_raw:
        head, _, signature = token.split(".")
        token = f"{head}..{signature}"
    return replace(request, headers={**request.headers, parameters["header"].lower(): token})
