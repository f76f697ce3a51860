"""The body signed as a JWS whose payload is not in it: `header..signature` in a header. RFC 7515, appendix F,
and RFC 7797.

`header` says where it is, `algorithms` what is allowed, and the keys are the source's (PEM, JWK or JWKS) or
those of `jwks_url`. `payload`: "raw" where the body is signed as it is (`b64` false), "encoded" where its
base64url is. `issued`: the member of the token's own header with the time at which it was signed."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

import jwt

from doorbell.domain.errors import SignatureError
from doorbell.domain.requests import RawRequest
from doorbell.signatures.claim import Claim, single
from doorbell.signatures.schemes.timestamps import require_fresh
from doorbell.signatures.special.jwt_checks import header_of
from doorbell.signatures.special.jwt_keys import keys_for, require_usable

TOLERANCE = 300
RAW = {"b64": False, "crit": ["b64"]}


def check(claim: Claim) -> None:
    parameters = claim.parameters
    token = single(claim.request, parameters["header"].lower())
    header = header_of(token)
    allowed, jwks_url = parameters["algorithms"].split(), parameters.get("jwks_url", "")
    algorithm = str(header.get("alg"))
    if algorithm not in allowed:
        raise SignatureError("algorithm_not_allowed")
    is_raw = parameters.get("payload", "raw") == "raw"
    if token.split(".")[1] or not _is_of(header, is_raw=is_raw):
        raise SignatureError("token_malformed")
    _check_time(header, claim)
    if not is_raw:
        head, _, signature = token.split(".")
        token = f"{head}.{urlsafe_b64encode(claim.request.body).decode().rstrip('=')}.{signature}"
    payload = claim.request.body if is_raw else None
    keys = keys_for(header, algorithm, claim, jwks_url)
    if not any(_is_proven(token, payload, key, algorithm) for key in keys):
        if not jwks_url:
            require_usable(claim.secrets, allowed)
        raise SignatureError("signature_mismatch")


def fact(request: RawRequest, name: str) -> str | None:
    """The token's own header, which is signed, from the request's header `name`: with what it says of the
    time two events of one body are two."""
    return request.headers[name.lower()].partition(".")[0] or None


def _is_of(header: Mapping[str, Any], *, is_raw: bool) -> bool:
    """Of RFC 7797, or without any of it: what is critical and not known must be refused."""
    if is_raw:
        return {name: header.get(name) for name in RAW} == RAW and header["b64"] is False
    return header.get("b64", True) is True and "crit" not in header


def _check_time(header: Mapping[str, Any], claim: Claim) -> None:
    name = claim.parameters.get("issued")
    if not name:
        return
    issued = header.get(name)
    if issued is None:
        raise SignatureError("timestamp_missing")
    if isinstance(issued, bool) or not isinstance(issued, int | float):
        raise SignatureError("timestamp_malformed")
    require_fresh(issued, claim.now, claim.tolerance_or(TOLERANCE))


def _is_proven(token: str, body: bytes | None, key: str | bytes, algorithm: str) -> bool:
    try:
        jwt.PyJWS().decode(token, key, algorithms=[algorithm], detached_payload=body)
    except (jwt.InvalidSignatureError, jwt.InvalidKeyError):
        return False
    except jwt.PyJWTError as error:
        raise SignatureError("token_malformed") from error
    return True
