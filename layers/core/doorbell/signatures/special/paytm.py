"""Paytm: a checksum in the form, encrypted with the merchant's key (AES-128-CBC): the hash of the fields and
a salt, and the salt. https://business.paytm.com/docs/checksum
"""

import hashlib
import re

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from doorbell.domain.errors import SignatureError
from doorbell.domain.requests import RawRequest
from doorbell.signatures.claim import Claim
from doorbell.signatures.parsing import parse_form
from doorbell.signatures.schemes.digests import matches
from doorbell.signatures.schemes.encoding import decode
from doorbell.signatures.schemes.keyed import decoded_keys

FIELD = "CHECKSUMHASH"
VECTOR = b"@@@@&&&&####$$$$"
"""The same for everybody: Paytm's libraries have it as a constant."""
SALT = 4
_PLAIN = re.compile(rb"([0-9a-f]{64})(.{4})", re.DOTALL)


def check(claim: Claim) -> None:
    form = parse_form(claim.request.body)
    if any(len(values) != 1 for values in form.values()):
        raise SignatureError("signature_malformed")
    fields = {name: values[0] for name, values in form.items()}
    given = decode("base64", fields.pop(FIELD, "").encode())
    if not given:
        raise SignatureError("signature_missing")
    plain = [found for key in decoded_keys("text", tuple(claim.secrets)) if (found := _decrypted(given, key))]
    if not any(matches([hash_of(fields, found[2])], [found[1]]) for found in plain):
        raise SignatureError("signature_mismatch")


def fact(request: RawRequest, name: str) -> str | None:
    """What the checksum covers, as one text: the names of the fields are not signed, only their order."""
    form = parse_form(request.body)
    return _joined({name: values[0] for name, values in form.items() if name != FIELD and len(values) == 1})


def hash_of(fields: dict[str, str], salt: bytes) -> bytes:
    return hashlib.sha256(_joined(fields).encode() + b"|" + salt).hexdigest().encode()


def _joined(fields: dict[str, str]) -> str:
    """The values by the order of their names; the word null stands for none (paytmchecksum)."""
    return "|".join("" if fields[name].lower() == "null" else fields[name] for name in sorted(fields))


def _decrypted(given: bytes, key: bytes) -> re.Match[bytes] | None:
    """Whatever is wrong with it is one and the same answer: nothing can be learned of the padding."""
    try:
        cipher = Cipher(algorithms.AES(key), modes.CBC(VECTOR)).decryptor()
        unpadder = PKCS7(128).unpadder()
        padded = cipher.update(given) + cipher.finalize()
        return _PLAIN.fullmatch(unpadder.update(padded) + unpadder.finalize())
    except ValueError:
        return None
