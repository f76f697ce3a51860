"""A shared secret that travels as it is: in a header, as Basic credentials, in the query, or in the body.

Where it travels: `header` (with `prefix` before it), `basic` ("true": the secret is `user:password`), `query`
(a parameter's name), `body` (a dotted path in JSON). It proves the sender, not what was sent.
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence
from urllib.parse import unquote

from doorbell.domain.errors import SignatureError
from doorbell.domain.paths import walk
from doorbell.signatures.claim import Claim
from doorbell.signatures.parsing import inside
from doorbell.signatures.schemes.candidates import query_values


def check(claim: Claim) -> None:
    given = [text for text in _given(claim) if text]
    if not given:
        raise SignatureError("token_missing")
    given += [text[7:] for text in given if _may_be_bearer(claim, text)]
    found = [equals_any(text, claim) for text in given]
    if not any(found):
        raise SignatureError("signature_mismatch")


def _may_be_bearer(claim: Claim, given: str) -> bool:
    """In `Authorization` the secret may stand behind `Bearer `, whether it was stored with it or not."""
    named = claim.parameters.get("header", "").lower() == "authorization"
    return named and not claim.parameters.get("prefix") and given[:7].lower() == "bearer "


def equals_any(given: str, claim: Claim) -> bool:
    """Whether `given` is one of the secrets; all are compared, in constant time."""
    found = False
    for secret in claim.secrets:
        found |= hmac.compare_digest(given.encode("utf-8", "surrogatepass"), secret.encode())
    return found


def _given(claim: Claim) -> Sequence[str]:
    """What may be the secret: where it arrives in a URL, as sent and as decoded."""
    parameters = claim.parameters
    if parameters.get("basic") == "true":
        return _basic(claim)
    if parameters.get("query"):
        return query_values(claim.request, parameters["query"])
    if parameters.get("body"):
        value = walk(inside(claim.request), parameters["body"])
        return [value] if isinstance(value, str) else []
    text = claim.request.headers.get(parameters["header"].lower(), "")
    prefix = parameters.get("prefix", "")
    if text and text[: len(prefix)].lower() != prefix.lower():
        raise SignatureError("token_malformed")
    return [text[len(prefix) :]]


def _basic(claim: Claim) -> Sequence[str]:
    """RFC 7617; the scheme's name in any case. Who was given the credentials as part of a URL may send them
    with its escapes."""
    kind, _, credentials = claim.request.headers.get("authorization", "").partition(" ")
    if not kind:
        return []
    if kind.lower() != "basic":
        raise SignatureError("token_malformed")
    try:
        raw = b64decode(credentials, validate=True)
        if b64encode(raw).decode() != credentials:
            raise SignatureError("token_malformed")
        text = raw.decode()
        return list(dict.fromkeys([text, unquote(text, errors="strict")]))
    except ValueError as error:
        raise SignatureError("token_malformed") from error
