"""Messages as WeChat's and DingTalk's callbacks encrypt them: AES-256-CBC of 16 random bytes, the message's
length, the message and its owner's name, padded to 32; the vector is the key's first half.
https://developer.work.weixin.qq.com/document/path/90968

Loads `cryptography`.
"""

from base64 import b64decode, b64encode

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEY_LENGTH = 43
"""Of an EncodingAESKey, which is base64 without its `=`."""
RANDOM, LENGTH, BLOCK = 16, 4, 32


def opened(text: str, key: str) -> tuple[bytes, bytes] | None:
    """Message and owner; None for whatever is wrong with it: nothing is learned of the padding."""
    try:
        raw = b64decode(text, validate=True)
        cipher = _cipher(key).decryptor()
        plain = cipher.update(raw) + cipher.finalize()
    except ValueError:
        return None
    if not plain or not 0 < plain[-1] <= BLOCK:
        return None
    plain = plain[RANDOM : -plain[-1]]
    end = LENGTH + int.from_bytes(plain[:LENGTH])
    return (plain[LENGTH:end], plain[end:]) if LENGTH <= end <= len(plain) else None


def sealed(message: bytes, owner: bytes, key: str, random: bytes) -> str:
    """`random`: 16 bytes of nobody's choice."""
    plain = random + len(message).to_bytes(LENGTH) + message + owner
    padding = BLOCK - len(plain) % BLOCK
    cipher = _cipher(key).encryptor()
    return b64encode(cipher.update(plain + bytes([padding]) * padding) + cipher.finalize()).decode()


def _cipher(key: str) -> Cipher[modes.CBC]:
    raw = b64decode(key + "=", validate=True)
    return Cipher(algorithms.AES(raw), modes.CBC(raw[:16]))
