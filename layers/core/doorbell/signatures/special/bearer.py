"""CloudEvents webhooks: the token in `Authorization: Bearer` or in the query, never in both.
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md#3-authorization
"""

from dataclasses import replace

from doorbell.domain.errors import SignatureError
from doorbell.signatures.claim import Claim
from doorbell.signatures.schemes.candidates import query_value
from doorbell.signatures.special import token

HEADER = {"header": "authorization", "prefix": "Bearer "}
QUERY = {"query": "access_token"}


def check(claim: Claim) -> None:
    in_query = query_value(claim.request, "access_token") is not None
    if in_query and "authorization" in claim.request.headers:
        raise SignatureError("signature_duplicated")
    token.check(replace(claim, parameters=QUERY if in_query else HEADER))
