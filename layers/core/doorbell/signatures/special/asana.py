"""Asana: HMAC-SHA256 of the body, with the key that Asana chose in the handshake (`Learn`).
https://developers.asana.com/docs/webhooks-guide
"""

from doorbell.domain.errors import SignatureError
from doorbell.signatures.claim import Claim
from doorbell.signatures.schemes.compiled import check_of
from doorbell.signatures.schemes.scheme import Scheme, SignatureAt

SCHEME = Scheme(SignatureAt(headers=("x-hook-signature",)))


def check(claim: Claim) -> None:
    if not claim.secrets:
        raise SignatureError("secret_missing")
    check_of(SCHEME)(claim)
