"""A shared secret that travels as it is: in a header, as Basic credentials, in the query, or in the body.

Where it travels: `header` (with `prefix` before it), `basic` ("true": the secret is `user:password`), `query`
(a parameter's name), `body` (a dotted path in JSON). It proves the sender, not what was sent.
"""

import hmac
from base64 import b64decode, b64encode

from doorbell.domain.errors import SignatureError
from doorbell.signatures.candidates import query_value
from doorbell.signatures.claim import Claim
from doorbell.signatures.facts import parse_json, walk


def check(claim: Claim) -> None:
    given = _given(claim)
    if not given:
        raise SignatureError("token_missing")
    if not equals_any(given, claim) and not (_may_be_bearer(claim, given) and equals_any(given[7:], claim)):
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


def _given(claim: Claim) -> str | None:
    parameters = claim.parameters
    if parameters.get("basic") == "true":
        return _basic(claim)
    if parameters.get("query"):
        return query_value(claim.request, parameters["query"])
    if parameters.get("body"):
        value = walk(parse_json(claim.request.body), parameters["body"])
        return value if isinstance(value, str) else None
    value = claim.request.headers.get(parameters["header"].lower())
    prefix = parameters.get("prefix", "")
    if value is None or not prefix:
        return value
    if value[: len(prefix)].lower() != prefix.lower():
        raise SignatureError("token_malformed")
    return value[len(prefix) :]


def _basic(claim: Claim) -> str | None:
    """RFC 7617; the scheme's name in any case."""
    kind, _, credentials = claim.request.headers.get("authorization", "").partition(" ")
    if not kind:
        return None
    if kind.lower() != "basic":
        raise SignatureError("token_malformed")
    try:
        raw = b64decode(credentials, validate=True)
        if b64encode(raw).decode() != credentials:
            raise SignatureError("token_malformed")
        return raw.decode()
    except ValueError as error:
        raise SignatureError("token_malformed") from error
