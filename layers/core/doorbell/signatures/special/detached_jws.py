"""The body signed as a JWS whose payload is not in it, and is not encoded: `header..signature` in a header.
RFC 7515, appendix F, and RFC 7797 (`b64` false).

`header` says where it is, `algorithms` what is allowed, and the keys are the source's (PEM, JWK or JWKS) or
those of `jwks_url`.
"""

import jwt

from doorbell.domain.errors import SignatureError
from doorbell.signatures.claim import Claim, single
from doorbell.signatures.special.jwt_checks import Expectation, header_of, keys_for, require_usable


def check(claim: Claim) -> None:
    token = single(claim.request, claim.parameters["header"])
    header = header_of(token)
    expected = Expectation(
        tuple(claim.parameters["algorithms"].split()), jwks_url=claim.parameters.get("jwks_url", "")
    )
    algorithm = str(header.get("alg"))
    if algorithm not in expected.algorithms:
        raise SignatureError("algorithm_not_allowed")
    if token.split(".")[1] or header.get("b64") is not False or header.get("crit") != ["b64"]:
        raise SignatureError("token_malformed")
    keys = keys_for(header, algorithm, claim, expected)
    if not any(_is_proven(token, claim.request.body, key, algorithm) for key in keys):
        if not expected.jwks_url:
            require_usable(claim.secrets, expected.algorithms)
        raise SignatureError("signature_mismatch")


def _is_proven(token: str, body: bytes, key: str | bytes, algorithm: str) -> bool:
    try:
        jwt.PyJWS().decode(token, key, algorithms=[algorithm], detached_payload=body)
    except (jwt.InvalidSignatureError, jwt.InvalidKeyError):
        return False
    except jwt.PyJWTError as error:
        raise SignatureError("token_malformed") from error
    return True
