"""Handshakes whose answer is made with the source's secret, and what keeps each from being an oracle."""

import hmac
import re

from doorbell.domain.errors import SignatureError
from doorbell.domain.paths import walk
from doorbell.domain.requests import Answer
from doorbell.signatures.claim import Claim
from doorbell.signatures.handshakes.answers import MAX_ECHO, as_json
from doorbell.signatures.parsing import parse_json
from doorbell.signatures.schemes.candidates import query_value


def smartcar_verify(claim: Claim) -> Answer | None:
    """The answer is what Smartcar would sign a body with that is the challenge: so a challenge is none that
    could be an event (`Entry.only_json`). https://smartcar.com/docs/integrations/webhooks/callback-verification"""
    request = claim.request
    if request.method != "POST" or b"VERIFY" not in request.body or len(request.body) > 4 * MAX_ECHO:
        return None
    data = parse_json(request.body)
    if "VERIFY" not in (walk(data, "eventName"), walk(data, "eventType")):
        return None
    challenge = walk(data, "payload.challenge") or walk(data, "data.challenge")
    if not isinstance(challenge, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", challenge):
        raise SignatureError("handshake_malformed")
    if not claim.secrets or not claim.secrets[0]:
        raise SignatureError("secret_missing")
    digest = hmac.digest(claim.secrets[0].encode(), challenge.encode(), "sha256")
    return as_json({"challenge": digest.hex()})


def linkedin_challenge(claim: Claim) -> Answer | None:
    """The answer is keyed as LinkedIn's signatures are: so a challenge is none that could be signed, which
    begin with `hmacsha256=`. https://learn.microsoft.com/en-us/linkedin/shared/api-guide/webhook-validation"""
    code = query_value(claim.request, "challengeCode") if claim.request.method == "GET" else None
    if code is None:
        return None
    if not re.fullmatch(r"[A-Za-z0-9-]{1,128}", code):
        raise SignatureError("handshake_malformed")
    if not claim.secrets or not claim.secrets[0]:
        raise SignatureError("secret_missing")
    digest = hmac.digest(claim.secrets[0].encode(), code.encode(), "sha256").hex()
    return as_json({"challengeCode": code, "challengeResponse": digest})


def feishu_challenge(claim: Claim) -> Answer | None:
    """On saving: encrypted with the Encrypt Key, and not signed. Only what says that it is a verification is
    answered, and only with its challenge.
    https://open.feishu.cn/document/server-docs/event-subscription-guide/event-subscription-configure-/choose-a-subscription-mode/send-notifications-to-developers-server"""
    request = claim.request
    if request.method != "POST" or "x-lark-signature" in request.headers or len(request.body) > 2 * MAX_ECHO:
        return None
    data = parse_json(request.body)
    encrypted = data.get("encrypt") if isinstance(data, dict) else None
    if not isinstance(encrypted, str):
        return None
    from doorbell.signatures.handshakes.encrypted import decrypted  # cryptography: for this one alone

    for secret in claim.secrets:
        inner = parse_json(decrypted(encrypted, secret))
        challenge = walk(inner, "challenge")
        if walk(inner, "type") == "url_verification" and isinstance(challenge, str):
            return as_json({"challenge": challenge[:MAX_ECHO]})
    raise SignatureError("handshake_malformed")


KEYED = (smartcar_verify, linkedin_challenge, feishu_challenge)
