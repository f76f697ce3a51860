"""Adyen. Two forms: a signature inside every notification item (payments), or over the body in a header
(platforms, management). The first proves an item's signed fields only.
https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence

from doorbell.domain.errors import SignatureError
from doorbell.domain.requests import RawRequest
from doorbell.signatures.claim import Claim, single
from doorbell.signatures.parsing import inside
from doorbell.signatures.schemes.digests import matches
from doorbell.signatures.schemes.keyed import KeyedHash, keyed_hashes

HEADER = "hmacsignature"
MAX_ITEMS = 100


def check(claim: Claim) -> None:
    keys = keyed_hashes("hex", "sha256", tuple(claim.secrets))
    if HEADER in claim.request.headers:
        _require(keys, claim.request.body, single(claim.request, HEADER))
        return
    found = items(inside(claim.request))
    for item in found:
        additional = item.get("additionalData")
        given = additional.get("hmacSignature") if isinstance(additional, dict) else None
        if not isinstance(given, str) or not given:
            raise SignatureError("signature_missing")
        _require(keys, signed_text(item).encode(), given)
    if len({signed_text(item) for item in found}) < len(found):
        raise SignatureError("signature_duplicated")


def fact(request: RawRequest, name: str) -> str | None:
    """What the items' signatures cover: the dedupe key, since the rest of an item can be changed. In order,
    and each once (`check`): who repeats or reorders them gains nothing."""
    if HEADER in request.headers:
        return None
    return "|".join(sorted(signed_text(item) for item in items(inside(request))))


def key_of(item: object) -> str:
    """Of one of several: each is an event of its own (`Each.always`), and of what its own signature covers.
    Else who has captured some could send each choice of them as a new event."""
    return signed_text(items(item)[0])


def items(data: object) -> list[Mapping[str, object]]:
    """The notification items; a bare item stands for a list of one."""
    found: list[object]
    if isinstance(data, dict) and "notificationItems" in data:
        wrapped = data["notificationItems"]
        found = wrapped if isinstance(wrapped, list) else []
    else:
        found = [data]
    unwrapped = [one.get("NotificationRequestItem", one) if isinstance(one, dict) else one for one in found]
    checked: list[Mapping[str, object]] = [one for one in unwrapped if isinstance(one, dict)]
    if not 0 < len(checked) <= MAX_ITEMS or len(checked) != len(found):
        raise SignatureError("signature_malformed")
    return checked


def signed_text(item: Mapping[str, object]) -> str:
    """The eight signed values between colons, unescaped; a missing one is empty."""
    amount = item.get("amount")
    money = amount if isinstance(amount, dict) else {}
    values = (
        item.get("pspReference"),
        item.get("originalReference"),
        item.get("merchantAccountCode"),
        item.get("merchantReference"),
        money.get("value"),
        money.get("currency"),
        item.get("eventCode"),
        item.get("success"),
    )
    return ":".join(_text(value) for value in values)


def sign(key: bytes, message: bytes) -> bytes:
    return b64encode(hmac.digest(key, message, "sha256"))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise SignatureError("signature_malformed")


def _require(keys: Sequence[KeyedHash], message: bytes, given: str) -> None:
    if not matches([b64encode(key.digest((message,))) for key in keys], (given.encode(),)):
        raise SignatureError("signature_mismatch")
