"""What a handshake asks in its query, and the forms its answer takes."""

import hmac
import json
from collections.abc import Callable, Mapping

from doorbell.domain.errors import SignatureError
from doorbell.domain.requests import Answer
from doorbell.signatures.claim import Claim
from doorbell.signatures.schemes.candidates import query_value

NOSNIFF = {"x-content-type-options": "nosniff"}
MAX_ECHO = 4096
"""More than this is no provider's challenge."""


def echo(text: str, status: int = 200) -> Answer:
    """Give `text` back in a form that no browser takes for a page."""
    return Answer(status, text, "text/plain; charset=utf-8", NOSNIFF)


def as_json(value: Mapping[str, object], status: int = 200) -> Answer:
    return Answer(status, json.dumps(value, separators=(",", ":")), "application/json", NOSNIFF)


def empty(status: int = 200) -> Answer:
    return Answer(status, "", "text/plain; charset=utf-8")


def asked(claim: Claim, name: str) -> str | None:
    """A parameter of the query. Refuses one that is empty, or longer than any provider's."""
    value = query_value(claim.request, name)
    if value is not None and not 0 < len(value) <= MAX_ECHO:
        raise SignatureError("handshake_malformed")
    return value


def to_who_knows(
    claim: Claim, token: str | None, challenge: str | None, answer: Callable[[str], Answer]
) -> Answer:
    """The challenge, answered where the token that came with it is the source's verify token; else 403."""
    if not token or not challenge or not claim.verify_token:
        return empty(403)
    if not hmac.compare_digest(token.encode(), claim.verify_token.encode()):
        return empty(403)
    return answer(challenge)
