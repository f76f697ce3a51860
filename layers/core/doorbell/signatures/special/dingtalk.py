"""DingTalk's answers: each is encrypted with the subscription's AES key and signed with its token.

What carries an answer's time and nonce is what carried the request's: who gives DingTalk's answer back as a
request gives the same event again. https://open.dingtalk.com/document/orgapp/configure-event-subcription
"""

import hashlib
import json
import secrets as randomness
from collections.abc import Sequence
from typing import Any

from doorbell.domain.paths import walk
from doorbell.domain.requests import Answer, RawRequest
from doorbell.signatures.parsing import parse_json
from doorbell.signatures.schemes.candidates import query_value
from doorbell.signatures.special.enveloped import KEY_LENGTH, RANDOM, opened, sealed

DONE = b"success"
ECHOING = ("check_create_suite_url", "check_update_suite_url")
"""Checks of a suite's URL: they want their `Random` back."""


def reply(request: RawRequest, secrets: Sequence[str]) -> Answer | None:
    """What DingTalk takes for a success; None where no key of the source's opens what it sent."""
    return answered(request, secrets, DONE)


def asked(request: RawRequest, secrets: Sequence[str]) -> Answer | None:
    """The answer to DingTalk's check of a URL; None for everything else."""
    found = _opened(request, secrets)
    event = parse_json(found[0]) if found is not None and b"check_" in found[0] else None
    kind = walk(event, "EventType")
    if kind == "check_url":
        return answered(request, secrets, DONE)
    random: Any = walk(event, "Random")
    if kind in ECHOING and isinstance(random, str):
        return answered(request, secrets, random.encode())
    return None


def answered(request: RawRequest, secrets: Sequence[str], message: bytes) -> Answer | None:
    found = _opened(request, secrets)
    if found is None:
        return None
    _, owner, key = found
    time, nonce = (query_value(request, name) or "" for name in ("timestamp", "nonce"))
    given = query_value(request, "msg_signature")
    text = sealed(message, owner, key, randomness.token_bytes(RANDOM))
    token = next((one for one in secrets if _signed(one, time, nonce, _encrypted(request)) == given), None)
    if token is None:
        return None
    body = {"msg_signature": _signed(token, time, nonce, text), "timeStamp": time, "nonce": nonce}
    return Answer(200, json.dumps({**body, "encrypt": text}), "application/json")


def _opened(request: RawRequest, secrets: Sequence[str]) -> tuple[bytes, bytes, str] | None:
    text = _encrypted(request)
    for key in secrets:
        found = opened(text, key) if len(key) == KEY_LENGTH else None
        if found is not None:
            return *found, key
    return None


def _encrypted(request: RawRequest) -> str:
    text: Any = walk(parse_json(request.body), "encrypt")
    return text if isinstance(text, str) else ""


def _signed(token: str, *parts: str) -> str:
    return hashlib.sha1("".join(sorted([token, *parts])).encode(), usedforsecurity=False).hexdigest()
