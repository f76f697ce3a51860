"""Feishu's and Lark's encryption: AES-256-CBC, keyed by the Encrypt Key's SHA-256, the vector first.
https://open.feishu.cn/document/server-docs/event-subscription-guide/event-subscription-configure-/encrypt-key-encryption-configuration-case

Loads `cryptography`.
"""

import hashlib
from base64 import b64decode

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

BLOCK = 16


def decrypted(text: str, secret: str) -> bytes:
    """Empty for whatever is wrong with it: nothing is learned of the padding."""
    try:
        raw = b64decode(text, validate=True)
        key = hashlib.sha256(secret.encode()).digest()
        cipher = Cipher(algorithms.AES(key), modes.CBC(raw[:BLOCK])).decryptor()
        unpadder = PKCS7(8 * BLOCK).unpadder()
        padded = cipher.update(raw[BLOCK:]) + cipher.finalize()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError:
        return b""
