"""Ed25519 (RFC 8032) by libsodium, which checks a signature of a small message in half of OpenSSL's time.
Importing this loads `nacl`; only `digests` does, when a scheme first asks for it.
"""

from collections.abc import Sequence

from nacl.bindings import crypto_sign_BYTES, crypto_sign_open, crypto_sign_PUBLICKEYBYTES
from nacl.exceptions import BadSignatureError


def verifies(key: bytes, message: Sequence[bytes], signature: bytes) -> bool:
    """Whether `signature` is `key`'s of the message that the parts make. What is no key verifies nothing.

    Both lengths are looked at here: `crypto_sign_open` takes signature and message as one text, and would
    take the end of a longer signature for the beginning of the message.
    """
    if len(signature) != crypto_sign_BYTES or len(key) != crypto_sign_PUBLICKEYBYTES:
        return False
    try:
        crypto_sign_open(b"".join((signature, *message)), key)
    except BadSignatureError:
        return False
    return True
