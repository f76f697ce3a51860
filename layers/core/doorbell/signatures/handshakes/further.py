"""Handshakes of few providers, unsigned or with a proof of their own. Loaded when one is asked for."""

import hashlib
from collections.abc import Callable

from doorbell.domain.errors import SignatureError
from doorbell.domain.requests import Answer
from doorbell.signatures.claim import Claim
from doorbell.signatures.handshakes.answers import MAX_ECHO, as_json, echo, empty
from doorbell.signatures.schemes.candidates import query_value
from doorbell.signatures.schemes.digests import matches


def adobe_challenge(claim: Claim) -> Answer | None:
    """https://developer.adobe.com/events/docs/guides/#the-challenge-request"""
    challenge = _asked(claim, "challenge")
    return None if challenge is None else as_json({"challenge": challenge})


def ebay_challenge(claim: Claim) -> Answer | None:
    """The hash of code, token and URL. eBay signs its notifications with a key of its own: nothing that this
    answers can be one. https://developer.ebay.com/marketplace-account-deletion"""
    code = _asked(claim, "challenge_code")
    if code is None:
        return None
    if not claim.verify_token:
        return empty(403)
    text = f"{code}{claim.verify_token}{claim.public_urls[-1].partition('?')[0]}"
    return as_json({"challengeResponse": hashlib.sha256(text.encode()).hexdigest()})


def wecom_echo(claim: Claim) -> Answer | None:
    """What `echostr` holds, decrypted, where it is signed with a token of the source: who cannot sign learns
    nothing. https://developer.work.weixin.qq.com/document/path/90930 (verifying the URL)"""
    text = _asked(claim, "echostr")
    if text is None:
        return None
    from doorbell.signatures.special.enveloped import KEY_LENGTH

    parts = [query_value(claim.request, name) or "" for name in ("timestamp", "nonce")]
    given = query_value(claim.request, "msg_signature") or ""
    expected = [_sha1("".join(sorted([token, *parts, text]))) for token in claim.secrets]
    if not matches(expected, [given.encode()]):
        raise SignatureError("signature_mismatch")
    keys = [secret for secret in claim.secrets if len(secret) == KEY_LENGTH]
    found = next((plain for key in keys if (plain := _opened(text, key, claim)) is not None), None)
    if found is None:
        raise SignatureError("secret_missing")
    return echo(found)


def _opened(text: str, key: str, claim: Claim) -> str | None:
    from doorbell.signatures.special.enveloped import opened

    found = opened(text, key)
    wanted = claim.parameters.get("corp_id")
    if found is None or (wanted and found[1] != wanted.encode()):
        return None
    try:
        return found[0].decode()
    except UnicodeDecodeError:
        return None


def _sha1(text: str) -> bytes:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest().encode()


def _asked(claim: Claim, name: str) -> str | None:
    value = query_value(claim.request, name) if claim.request.method == "GET" else None
    if value is not None and not 0 < len(value) <= MAX_ECHO:
        raise SignatureError("handshake_malformed")
    return value


UNSIGNED: dict[str, Callable[[Claim], Answer | None]] = {
    function.__name__: function for function in (adobe_challenge, ebay_challenge, wecom_echo)
}
