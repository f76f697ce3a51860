"""Sinch Voice and Verification: HMAC-SHA256 of method, the body's MD5, content type, time and path.

It stands behind the application's key in `Authorization`.
https://developers.sinch.com/docs/voice/api-reference/authentication/callback-signed-request
"""

import re
from dataclasses import replace

from doorbell.domain.errors import SignatureError
from doorbell.signatures.claim import Claim
from doorbell.signatures.schemes.compiled import check_of
from doorbell.signatures.schemes.scheme import NEVER, Scheme, SignatureAt, TimestampAt

_GIVEN = re.compile(r"(?:Application|Service|Basic) ([^:, ]{1,128}):([^:, ]+)")
"""`Application` is documented; the others are what Sinch's packages take."""


def scheme(*digest: str) -> Scheme:
    return Scheme(
        SignatureAt(headers=("authorization",), encoding="base64"),
        message=(
            "method", "text:\n", *digest, "text:\n", "header:content-type", "text:\nx-timestamp:",
            "timestamp", "text:\n", "pathname",
        ),
        key="base64",
        timestamp=TimestampAt(headers=("x-timestamp",), unit="rfc3339", tolerance=NEVER),
    )  # fmt: skip


OF_BODY, WITHOUT_BODY = scheme("digest:md5:base64"), scheme()


def check(claim: Claim) -> None:
    request = claim.request
    value = request.headers.get("authorization", "")
    found = _GIVEN.fullmatch(value)
    if found is None:
        raise SignatureError("signature_malformed" if value else "signature_missing")
    wanted = claim.parameters.get("key")
    if wanted and found[1] != wanted:
        raise SignatureError("key_not_found")
    bare = replace(request, headers={**request.headers, "authorization": found[2]})
    check_of(OF_BODY if request.body else WITHOUT_BODY)(replace(claim, request=bare))
