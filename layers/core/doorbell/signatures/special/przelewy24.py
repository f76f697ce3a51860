"""Przelewy24: a plain SHA-384 of some fields and the account's CRC key as JSON, in the body's `sign`.
https://developers.przelewy24.pl/index.php?en
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from doorbell.domain.errors import SignatureError
from doorbell.domain.requests import RawRequest
from doorbell.signatures.claim import Claim
from doorbell.signatures.parsing import inside
from doorbell.signatures.schemes.digests import matches
from doorbell.signatures.schemes.keys import usable_keys

PAYMENT = (
    "merchantId", "posId", "sessionId", "amount", "originAmount", "currency", "orderId", "methodId",
    "statement",
)  # fmt: skip
REFUND = ("orderId", "sessionId", "refundsUuid", "merchantId", "amount", "currency", "status")


def check(claim: Claim) -> None:
    data = inside(claim.request)
    if not isinstance(data, dict) or not isinstance(data.get("sign"), str):
        raise SignatureError("signature_missing")
    fields = REFUND if "refundsUuid" in data else PAYMENT
    if not set(fields) <= set(data):
        raise SignatureError("part_missing")
    expected = [sign(data, fields, key.decode()) for key in usable_keys("text", claim.secrets)]
    if not matches(expected, [data["sign"].encode()]):
        raise SignatureError("signature_mismatch")


def fact(request: RawRequest, name: str) -> str | None:
    """What the signature covers, as one text: other members are not signed."""
    data = inside(request)
    if not isinstance(data, dict):
        return None
    return "|".join(f"{data.get(one)}" for one in (REFUND if "refundsUuid" in data else PAYMENT))


def sign(data: Mapping[str, Any], fields: tuple[str, ...], crc: str) -> bytes:
    """PHP's `json_encode` with slashes and other alphabets left as they are."""
    signed = {name: data[name] for name in fields} | {"crc": crc}
    text = json.dumps(signed, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha384(text.encode()).hexdigest().encode()
