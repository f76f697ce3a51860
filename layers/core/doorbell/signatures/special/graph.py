"""Microsoft Graph: every item of `value` must bring the `clientState` given at subscription.

Rich notifications add `validationTokens`; with the option `app_id` they must be there and be genuine.
https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks
"""

from doorbell.domain.errors import SignatureError
from doorbell.signatures.claim import Claim
from doorbell.signatures.parsing import inside
from doorbell.signatures.special.token import equals_any

KEYS_URL = "https://login.microsoftonline.com/common/discovery/v2.0/keys"
PUBLISHER = "0bf30f3b-4a52-48df-9a82-234910c4a086"
"""The application that signs the tokens.
https://learn.microsoft.com/en-us/graph/change-notifications-with-resource-data#validating-the-authenticity-of-notifications"""
MAX_TOKENS = 20


def check(claim: Claim) -> None:
    data = inside(claim.request)
    items = data.get("value") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(items, list) or not items:
        raise SignatureError("token_missing")
    states = [item.get("clientState") if isinstance(item, dict) else None for item in items]
    if not all(isinstance(state, str) and state for state in states):
        raise SignatureError("token_missing")
    for state in states:
        if not equals_any(str(state), claim):
            raise SignatureError("signature_mismatch")
    if claim.parameters.get("app_id"):
        _check_tokens(claim, data.get("validationTokens"))


def _check_tokens(claim: Claim, tokens: object) -> None:
    from doorbell.signatures.special.jwt_checks import Expectation, verify

    if not isinstance(tokens, list) or not 0 < len(tokens) <= MAX_TOKENS:
        raise SignatureError("token_missing")
    expected = Expectation(
        ("RS256",), jwks_url=KEYS_URL, audience=claim.parameters["app_id"], requires=("exp",)
    )
    for token in tokens:
        claims = verify(str(token), claim, expected)
        if PUBLISHER not in (claims.get("azp"), claims.get("appid")):
            raise SignatureError("claim_mismatch")
