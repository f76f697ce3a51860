"""Answering the challenges that a source declares itself (`challenge_rules`).

What is not signed anybody may send, and learns what it sent. A proven POST is an event, whatever it looks
like.
"""

import hmac
import re
from collections.abc import Callable
from functools import lru_cache

from doorbell.domain.errors import SignatureError
from doorbell.domain.requests import Answer
from doorbell.domain.same import Same
from doorbell.domain.sources import Source
from doorbell.signatures.claim import Claim
from doorbell.signatures.handshakes.answers import as_json, echo, empty
from doorbell.signatures.handshakes.challenge_rules import Challenge, parse_challenge
from doorbell.signatures.schemes.candidates import query_value
from doorbell.signatures.schemes.digests import HASHES
from doorbell.signatures.schemes.inside import text_at
from doorbell.signatures.schemes.keys import usable_keys

MAX_CHARS = 1024
PLAIN = re.compile(r"[A-Za-z0-9_=+/.-]{1,256}")
"""Of what is answered with a digest: no JSON object or list, which an event of such a source must be, can be
written in these letters. So an answer is never an event's signature."""


def challenge_of(source: Source) -> Challenge:
    return _challenge(source.source_id, Same(source.challenge))


@lru_cache(maxsize=256)
def _challenge(source_id: str, declaration: Same) -> Challenge:
    """What `parse_challenge` raises is not remembered."""
    return parse_challenge(source_id, declaration.value)


def answer_of(claim: Claim, check: Callable[[], None]) -> Answer | None:
    """The answer; None for what is no challenge, or is an event, once `check` has passed for it."""
    challenge = challenge_of(claim.source)
    found = _answer(challenge, claim)
    if found is None or challenge.signed:
        check()
        return found
    if challenge.method != "POST":
        return found
    try:
        check()
    except SignatureError:
        return found
    return None


def _answer(challenge: Challenge, claim: Claim) -> Answer | None:
    if claim.request.method != challenge.method:
        return None
    if any(_read(place, claim) != text for place, text in challenge.when):
        return None
    value = _read(challenge.read, claim) if challenge.read else ""
    if value is None or (challenge.read and not value):
        return None
    if challenge.token and not _is_token(_read(challenge.token, claim), claim):
        return empty(403)
    if len(value) > MAX_CHARS or not value.isprintable():
        raise SignatureError("handshake_malformed")
    if challenge.method == "HEAD":
        return empty()
    text = challenge.prefix + (_digest(value, claim) if challenge.answer == "hmac" else value)
    return as_json({challenge.key: text}) if challenge.key else echo(text)


def _is_token(given: str | None, claim: Claim) -> bool:
    if not given or not claim.verify_token:
        return False
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), claim.verify_token.encode())


def _read(place: str, claim: Claim) -> str | None:
    kind, _, name = place.partition(".")
    if kind == "query":
        return query_value(claim.request, name)
    if kind == "header":
        return claim.request.headers.get(name.lower())
    return text_at(claim.request.body, name)


def _digest(value: str, claim: Claim) -> str:
    """With the scheme's algorithm and its key, hex."""
    from doorbell.signatures.special.declared import scheme_of

    if not PLAIN.fullmatch(value):
        raise SignatureError("handshake_malformed")
    scheme = scheme_of(claim.source)
    key = usable_keys(scheme.key, claim.secrets)[0]
    return hmac.digest(key, value.encode(), HASHES[scheme.algorithm]).hex()
